/** @file Examples as a page shows them: their target, and their picture where they are images. */
import type { Dataset } from "../data/dataset.ts";
import type { ExampleView } from "../report/tune-html.ts";

/** The largest picture that goes into a page, in pixels of one side. */
const largestSide = 128;

/** The rows `which` of `data`: the name of the class or the number that is the target, and the pixels of an image. */
export function exampleViews(
  data: Dataset,
  which: readonly { readonly index: number }[],
): readonly ExampleView[] {
  const form = imageForm(data);
  return which.map(({ index }) => ({
    index,
    label: labelOf(data, index),
    image: form === undefined ? null : { ...form, pixels: pixelsOf(data, index, form) },
  }));
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

function labelOf({ y, classes }: Dataset, index: number): string | null {
  if (y.shape.length > 0) return null;
  const value = y.data[index];
  if (value === undefined) return null;
  return classes?.[value] ?? String(Number(value.toPrecision(6)));
}
