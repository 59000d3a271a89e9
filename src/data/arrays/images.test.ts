import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../../errors.ts";
import { decodeImage } from "./decode-image.ts";
import { imageFiles, readImageFolder } from "./image-folder.node.ts";
import { planes, resize } from "./image.ts";

const folder = mkdtempSync(join(tmpdir(), "minibatch-images-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const png = (width: number, height: number, data: readonly number[], channels = 1): Uint8Array =>
  encodePng({ width, height, data: Uint8Array.from(data), channels });

describe("decodeImage", () => {
  it("reads grey, colour, opacity and 16 bits", async () => {
    expect(await decodeImage(png(2, 1, [7, 250]))).toMatchObject({ width: 2, channels: 1 });
    const colour = await decodeImage(png(1, 2, [1, 2, 3, 4, 5, 6], 3));
    expect([...colour.data]).toEqual([1, 2, 3, 4, 5, 6]);
    const clear = await decodeImage(png(2, 1, [10, 20, 30, 0, 10, 20, 30, 255], 4));
    expect([...clear.data]).toEqual([255, 255, 255, 10, 20, 30]);
    const deep = encodePng({
      width: 2,
      height: 1,
      depth: 16,
      channels: 1,
      data: Uint16Array.of(0x1234, 0xffff),
    });
    expect([...(await decodeImage(deep)).data]).toEqual([0x12, 0xff]);
  });

  it("reads one bit a pixel", async () => {
    const bits = encodePng({
      width: 10,
      height: 2,
      depth: 1,
      channels: 1,
      data: Uint8Array.of(0b10100000, 0b01000000, 0xff, 0xc0),
    });
    const { data } = await decodeImage(bits);
    expect([...data].map((value) => value / 255)).toEqual([
      1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ]);
  });

  it("reads JPEG", async () => {
    const data = Buffer.from(Array.from({ length: 64 }, () => [200, 100, 50, 255]).flat());
    const image = await decodeImage(jpeg.encode({ width: 8, height: 8, data }, 95).data);
    expect(image).toMatchObject({ width: 8, height: 8, channels: 3 });
    image.data.forEach((value, i) => {
      expect(Math.abs(value - [200, 100, 50][i % 3]!)).toBeLessThanOrEqual(3);
    });
  });

  it("refuses every cut image", async () => {
    const data = Buffer.alloc(16 * 16 * 4, 90);
    const whole = [
      png(3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      jpeg.encode({ width: 16, height: 16, data }, 50).data,
    ];
    for (const bytes of whole) {
      for (let length = 0; length < bytes.length - 2; length += 5) {
        const error: unknown = await decodeImage(bytes.slice(0, length), "a.png").catch(
          (e: unknown) => e,
        );
        expect(error, `${length} of ${bytes.length} bytes`).toBeInstanceOf(DataError);
      }
    }
  });
});

describe("resize and planes", () => {
  it("averages the area that a pixel covers", () => {
    const image = {
      width: 4,
      height: 2,
      channels: 1 as const,
      data: Uint8Array.of(0, 10, 20, 30, 4, 6, 40, 50),
    };
    expect([...resize(image, 1, 2).data]).toEqual([5, 35]);
    expect([
      ...resize({ ...image, width: 3, height: 1, data: Uint8Array.of(0, 30, 90) }, 1, 2).data,
    ]).toEqual([10, 70]);
    expect([
      ...resize({ ...image, width: 1, height: 1, data: Uint8Array.of(9) }, 2, 2).data,
    ]).toEqual([9, 9, 9, 9]);
  });

  it("puts channels in planes, and turns colours grey", () => {
    const image = {
      width: 2,
      height: 1,
      channels: 3 as const,
      data: Uint8Array.of(255, 0, 0, 10, 10, 10),
    };
    expect([...planes(image, 3)]).toEqual([255, 10, 0, 10, 0, 10]);
    expect([...planes(image, 1)]).toEqual([76, 10]);
  });
});

describe("readImageFolder", () => {
  const write = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };

  it("has a class for each folder", async () => {
    for (let i = 0; i < 5; i++) {
      write(`a/dark/${i}.png`, png(2, 2, [i, i, i, i]));
      write(`a/light/${i}.png`, png(2, 2, [250, 250, 250, 250 - i]));
    }
    write("a/light/notes.txt", "x");
    const { training, validation, notes } = await readImageFolder(join(folder, "a"));
    expect(training.classes).toEqual(["dark", "light"]);
    expect(training.x).toMatchObject({ shape: [1, 2, 2], scale: 1 / 255 });
    expect([training.size, validation?.size]).toEqual([8, 2]);
    expect([...validation!.y.data].sort()).toEqual([0, 1]);
    training.y.data.forEach((label, i) => {
      expect(training.x.data[4 * i]! > 128).toBe(label === 1);
    });
    expect(notes).toContain("1 other files passed over");
  });

  it("keeps train and test apart", async () => {
    for (const part of ["train", "test"]) {
      for (const name of ["x", "y"]) write(`b/${part}/${name}/1.png`, png(1, 1, [1, 2, 3], 3));
    }
    const { training, validation } = await readImageFolder(join(folder, "b"));
    expect([training.size, validation?.size, training.x.shape]).toEqual([2, 2, [3, 1, 1]]);
  });

  it("names an image of another size, and brings all to one that is asked for", async () => {
    write("c/x/1.png", png(2, 1, [0, 100]));
    write("c/y/1.png", png(1, 1, [7]));
    await expect(readImageFolder(join(folder, "c"))).rejects.toThrow(
      `${join(folder, "c/y/1.png")} is 1 × 1 pixels, the images before it 1 × 2; give a size to bring them to`,
    );
    const { training } = await readImageFolder(join(folder, "c"), { size: [1, 1], split: 0 });
    expect([...training.x.data]).toEqual([50, 7]);
  });

  it("refuses one class, an empty one, and a file that is no image", async () => {
    write("d/x/1.png", png(1, 1, [7]));
    await expect(readImageFolder(join(folder, "d"))).rejects.toThrow("at least two; got 1");
    mkdirSync(join(folder, "d/y"));
    await expect(readImageFolder(join(folder, "d"))).rejects.toThrow(/d\/y holds no \.png/);
    write("d/y/1.png", "text");
    await expect(readImageFolder(join(folder, "d"))).rejects.toThrow(
      /d\/y\/1\.png is neither PNG nor JPEG/,
    );
  });
});

describe("imageFiles", () => {
  const place = (name: string): string => {
    const path = join(folder, "predict", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "");
    return path;
  };

  it("are those of a folder and of the folders in it, by name", async () => {
    const paths = ["flat/b.png", "flat/a.JPG", "flat/cats/1.jpeg"].map(place);
    place("flat/cats/notes.txt");
    expect(await imageFiles(join(folder, "predict/flat"))).toEqual([
      { path: paths[1] },
      { path: paths[0] },
      { path: paths[2], folder: "cats" },
    ]);
  });

  it("are those to test on, where there is such a part", async () => {
    place("parts/train/cats/1.png");
    const path = place("parts/test/cats/2.png");
    expect(await imageFiles(join(folder, "predict/parts"))).toEqual([{ path, folder: "cats" }]);
  });

  it("must be there", async () => {
    mkdirSync(join(folder, "predict/empty/cats"), { recursive: true });
    await expect(imageFiles(join(folder, "predict/empty"))).rejects.toThrow(
      new DataError(`${join(folder, "predict/empty")} holds no .png, .jpg or .jpeg file`),
    );
  });
});
