/** A checkpoint as bytes: what goes in comes out, and no damage goes unnoticed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { someCheckpoint, someUpdates } from "../../test/support/checkpoints.ts";
import { parseSafetensors, writeSafetensors } from "../data/arrays/safetensors.ts";
import { DataError, InputError } from "../errors.ts";
import {
  decodeCheckpoint,
  decodeParts,
  encodeCheckpoint,
  withUpdates,
} from "./checkpoint-bytes.ts";
import type { Checkpoint } from "./checkpoint.ts";

const whole = encodeCheckpoint(someCheckpoint());

describe("a checkpoint as bytes", () => {
  it("comes back as it was, in the order of its names", () => {
    const checkpoint = someCheckpoint();
    const back = decodeCheckpoint(whole);
    expect(back).toStrictEqual(checkpoint);
    expect(Object.keys(back.parameters)).toEqual(Object.keys(checkpoint.parameters));
    expect(Object.is(back.history.open.sum, -0)).toBe(true);
  });

  it("comes back from bytes at any place of a larger buffer", () => {
    for (let shift = 0; shift < 8; shift++) {
      const buffer = new Uint8Array(whole.length + shift);
      buffer.set(whole, shift);
      expect(decodeCheckpoint(buffer.subarray(shift))).toStrictEqual(someCheckpoint());
    }
  });

  it("keeps any numbers", () => {
    const numbers = fc.array(fc.double(), { maxLength: 5 });
    const plain = { noNullPrototype: true } as const;
    const metrics = fc.record({ a: fc.double() }, plain);
    const metric = fc.record({ loss: fc.double(), metrics }, plain);
    const moment = fc.record(
      { updates: fc.nat(), examples: fc.nat(), epochs: fc.double(), seconds: fc.double() },
      plain,
    );
    const about = fc.record({
      identity: fc.dictionary(
        fc.string(),
        fc.oneof(fc.string(), fc.double(), fc.constant(null)),
        plain,
      ),
      seconds: fc.double(),
      weights: fc.array(fc.float()),
      open: fc.option(metric),
      epochs: fc.array(fc.record({ loss: fc.double(), evaluation: fc.option(metric) }, plain)),
      evaluations: fc.array(fc.tuple(moment, metric)),
      losses: numbers,
      reached: fc.option(moment, { nil: undefined }),
    });
    fc.assert(
      fc.property(about, (drawn) => {
        const data = Float32Array.from(drawn.weights);
        const base = someCheckpoint();
        const loss = Float64Array.from(drawn.losses);
        const checkpoint: Checkpoint = {
          ...base,
          identity: drawn.identity,
          seconds: drawn.seconds,
          parameters: { w: { dtype: "float32", shape: [data.length], data } },
          bestParameters: undefined,
          watch: { ...base.watch, reached: drawn.reached },
          history: {
            updates: { loss, learningRate: loss, batchSize: loss, gradientNorm: loss },
            epochs: drawn.epochs,
            evaluations: drawn.evaluations.map(([at, evaluation]) => ({ ...at, ...evaluation })),
            open: { evaluation: drawn.open, sum: drawn.seconds, examples: 3 },
          },
        };
        expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toStrictEqual(checkpoint);
      }),
    );
  });
});

describe("the file", () => {
  it("is a safetensors file", () => {
    const { tensors, metadata } = parseSafetensors(whole);
    expect([...tensors.keys()].sort()).toEqual([
      ...["0", "0.bias", "0.weight", "best/0.bias"],
      ...["history/batchSize"],
      ...["evaluated", "evaluation/loss", "evaluation/metrics/accuracy", "loss"].map(
        (name) => `history/epochs/${name}`,
      ),
      ...["epochs", "evaluation/loss", "evaluation/metrics/accuracy", "examples", "seconds"].map(
        (name) => `history/evaluations/${name}`,
      ),
      ...["history/evaluations/updates", "history/learningRate", "history/loss"],
      ...["optimizer/0.bias:momentum", "optimizer/0.weight:momentum"],
    ]);
    expect(tensors.get("0.weight")).toMatchObject({ shape: [2, 3], type: "float32" });
    expect(Object.keys(metadata)).toEqual(["crc32", "checkpoint"]);
  });

  it("has the layout of the format: contiguous tensors, header and tensors aligned", () => {
    const view = new DataView(whole.buffer, whole.byteOffset);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length))) as Record<
      string,
      { dtype: "F32" | "F64"; shape: number[]; data_offsets: [number, number] }
    >;
    delete header["__metadata__"];
    let end = 0;
    for (const entry of Object.values(header).sort(
      (a, b) => a.data_offsets[0] - b.data_offsets[0],
    )) {
      const bytes = { F32: 4, F64: 8 }[entry.dtype];
      expect(entry.data_offsets[0]).toBe(end);
      expect(end % bytes).toBe(0);
      end += bytes * entry.shape.reduce((a, b) => a * b, 1);
      expect(entry.data_offsets[1]).toBe(end);
    }
    expect(8 + length + end).toBe(whole.length);
    const [start] = header["0"]!.data_offsets;
    expect(view.getFloat64(8 + length + start, true)).toBe(Math.PI);
  });
});

describe("damage", () => {
  it("of any bit is noticed", () => {
    const bytes = whole.slice();
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        bytes[at]! ^= 1 << bit;
        expect(() => decodeCheckpoint(bytes), `byte ${at}, bit ${bit}`).toThrow(DataError);
        bytes[at]! ^= 1 << bit;
      }
    expect(decodeCheckpoint(bytes)).toStrictEqual(someCheckpoint());
  });

  it("by cutting at any length is noticed, and by trailing bytes", () => {
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeCheckpoint(whole.subarray(0, length)), `${length} bytes`).toThrow(
        DataError,
      );
    for (const more of [1, 7, 8, 4096])
      expect(() => decodeCheckpoint(Uint8Array.of(...whole, ...new Uint8Array(more)))).toThrow(
        DataError,
      );
  });

  it("is named, with the file", () => {
    expect(() => decodeCheckpoint(whole.subarray(0, whole.length - 8), "a/b.safetensors")).toThrow(
      /^a\/b\.safetensors is cut or damaged: its \d+ bytes have the checksum [0-9a-f]{8}, expected [0-9a-f]{8}$/,
    );
  });

  it("is told apart from another file and from a later format", () => {
    const model = writeSafetensors({ "0.bias": { data: new Float32Array(3), shape: [3] } });
    expect(() => decodeCheckpoint(model)).toThrow("checkpoint is no checkpoint, cut or damaged");
    const later = encodeCheckpoint({ ...someCheckpoint(), version: 3 as 2 });
    expect(() => decodeCheckpoint(later)).toThrow(/is of format 3, made by another version/);
  });
});

describe("columns of the updates that lie beside it", () => {
  const updates = someUpdates(3, true);
  const beside = {
    updates: { bytes: 160, crc32: 123, spans: [[0, 1] as const, [3, 5] as const] },
    history: { bytes: 77, crc32: 5 },
  };
  const base = someCheckpoint();
  const checkpoint = { ...base, history: { ...base.history, updates } };
  const bytes = encodeCheckpoint(checkpoint, { beside });

  it("are found, and put back", () => {
    const decoded = decodeParts(bytes, "x");
    expect(decoded.beside).toEqual({ ...beside, gradientNorm: true });
    expect(decoded.checkpoint.history.updates.loss).toHaveLength(0);
    expect(withUpdates(decoded.checkpoint, updates)).toStrictEqual(checkpoint);
    expect(bytes.length).toBeLessThan(encodeCheckpoint(checkpoint).length);
  });

  it("are asked for by name", () => {
    expect(() => decodeCheckpoint(bytes, "x")).toThrow(
      /^x leaves the losses of its updates to updates\.bin beside it/,
    );
  });
});

it("refuses names that mean something else in the file", () => {
  const checkpoint = someCheckpoint();
  const parameters = { "best/w": checkpoint.parameters["0.bias"]! };
  expect(() => encodeCheckpoint({ ...checkpoint, parameters })).toThrow(InputError);
});
