import { describe, expect, it } from "vitest";
import { threeClasses } from "../../test/support/runs.ts";
import { dense, relu, sequential } from "../index.ts";
import { configure } from "./config.ts";
import { threadsFor, threadsOf } from "./threads.ts";

/** 784–128–10, an update of B examples: B · 409,088 operations (counted by hand in bench/results.test.ts). */
const mnistFlops = 409_088;

describe("threads of an update", () => {
  it("are one for every 4 million operations, at least one and at most all cores", () => {
    const threads = [1, 8, 16, 20, 32, 64, 1024].map((batchSize) =>
      threadsFor({ flops: mnistFlops * batchSize, bytes: 0 }, 4),
    );
    expect(threads).toEqual([1, 1, 1, 2, 3, 4, 4]);
  });

  it("leave a core to the reader, unless it has little to do beside the others", () => {
    /** With images of bytes, 785 an example with its label. */
    const threads = [16, 20, 32, 40, 64, 1024].map((batchSize) =>
      threadsFor({ flops: mnistFlops * batchSize, bytes: 785 * batchSize }, 2),
    );
    expect(threads).toEqual([1, 1, 1, 2, 2, 2]);
    // As floats, 3,140 bytes, the same images keep the reader busy.
    expect(threadsFor({ flops: mnistFlops * 64, bytes: 3140 * 64 }, 2)).toBe(1);
    expect(threadsFor({ flops: 22e6, bytes: 1 }, 8)).toBe(5);
    expect(threadsFor({ flops: 1e9, bytes: 1 }, 8)).toBe(8);
    expect(threadsFor({ flops: 1e9, bytes: 1e8 }, 8)).toBe(7);
    expect(threadsFor({ flops: 60e6, bytes: 1 }, 8)).toBe(7);
  });

  it("are counted on the graph of the run, and are one where nothing is said of cores", () => {
    const data = threeClasses(4000, 100, "float32");
    const model = sequential([dense(50), relu(), dense(3)]);
    // 4 · (100·50 + 50·3) + 2 · 50·3 = 20,900 operations an example
    const chosen = (batchSize: number, cores?: number) =>
      configure(model, data, { batchSize, threads: "auto", ...(cores !== undefined && { cores }) })
        .threads;
    expect(chosen(382, 2)).toBe(1);
    expect(chosen(383, 2)).toBe(2);
    expect(chosen(383)).toBe(1);
    expect(configure(model, data, { batchSize: 4000, cores: 2 }).threads).toBe(1);
  });

  it("refuse what is no number of them", () => {
    const { spec, training } = configure(sequential([dense(3)]), threeClasses(10), {});
    const of = (options: object) => () =>
      threadsOf(options, { spec, batchSize: 1, data: training });
    expect(of({ threads: "many" })).toThrow(
      'threads must be a whole number of at least 1 or "auto", got "many"',
    );
    expect(of({ cores: 0 })).toThrow("cores must be a whole number of at least 1, got 0");
  });
});
