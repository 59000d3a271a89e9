/** @file Examples as a page shows them: their target, and their picture where they are images, else the values of their features. */
import type { Dataset } from "../data/dataset.ts";
import { decodeInputs } from "../data/table/decode.ts";
import { targetUnits, type Preprocessing } from "../data/table/preprocessing.ts";
import type { ExampleView } from "../report/tune-html.ts";

/** The largest picture that goes into a page, in pixels of one side. */
const largestSide = 128;

/** Values of one example that go into a page, at most. */
const mostValues = 12;

/**
 * The rows `which` of `data`: the name of the class or the number that is the target, and the pixels of an image or the values of the
 * features.
 *
 * @param preprocessing what was fitted on the table that `data` comes from: names and values are those of its columns then
 */
export function exampleViews(
  data: Dataset,
  which: readonly { readonly index: number }[],
  preprocessing?: Preprocessing,
): readonly ExampleView[] {
  const form = imageForm(data);
  return which.map(({ index }) => ({
    index,
    label: labelOf(data, index, preprocessing),
    values: form === undefined ? valuesOf(data, index, preprocessing) : null,
    image: form === undefined ? null : { ...form, pixels: pixelsOf(data, index, form) },
  }));
}

function valuesOf(
  { x, size }: Dataset,
  index: number,
  preprocessing: Preprocessing | undefined,
): ExampleView["values"] {
  const width = x.data.length / size;
  const inputs = x.data.subarray(index * width, (index + 1) * width);
  const { scale = 1 } = x;
  const all =
    preprocessing === undefined
      ? Array.from(inputs, (value, i) => ({
          ...{ name: `x[${i}]`, missing: false },
          value: readable(value * scale),
        }))
      : decodeInputs(preprocessing, inputs).map(({ column, ...rest }) => ({
          name: column,
          ...rest,
        }));
  return { shown: all.slice(0, mostValues), more: Math.max(0, all.length - mostValues) };
}

interface Form {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** How the bytes of an example make an image: only bytes that are scaled do, in squares or as [channels, height, width]. */
function imageForm({ x }: Dataset): Form | undefined {
  if (!(x.data instanceof Uint8Array) || x.scale === undefined) return undefined;
  const form = formOf(x.shape);
  if (form === undefined || Math.max(form.height, form.width) > largestSide) return undefined;
  return Math.min(form.height, form.width) > 1 ? form : undefined;
}

function formOf(shape: readonly number[]): Form | undefined {
  const [first = 0, second = 0, third = 0] = shape;
  if (shape.length === 1) {
    const side = Math.sqrt(first);
    return Number.isInteger(side) ? { channels: 1, height: side, width: side } : undefined;
  }
  if (shape.length === 2) return { channels: 1, height: first, width: second };
  if (shape.length === 3 && (first === 1 || first === 3))
    return { channels: first, height: second, width: third };
  return undefined;
}

/** Bytes from 0 to 255, channel by channel. */
function pixelsOf({ x }: Dataset, index: number, form: Form): readonly number[] {
  const length = form.channels * form.height * form.width;
  const factor = 255 * (x.scale ?? 1);
  return Array.from(x.data.subarray(index * length, (index + 1) * length), (value) =>
    Math.round(Math.min(255, value * factor)),
  );
}

function labelOf(
  { y, size, classes }: Dataset,
  index: number,
  preprocessing: Preprocessing | undefined,
): string | null {
  if (y.data.length !== size) return null;
  const value = y.data[index];
  if (value === undefined) return null;
  if (classes !== undefined) return classes[value] ?? String(value);
  const [inUnits = value] = preprocessing
    ? targetUnits(Float64Array.of(value), preprocessing)
    : [value * (y.scale ?? 1)];
  return String(readable(inUnits));
}

const readable = (value: number): number => Number(value.toPrecision(6));
