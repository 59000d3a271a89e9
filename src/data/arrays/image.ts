/** @file Decoded images: to one size, to one or three channels, to planes. */

/** An image in bytes, row by row, the channels of a pixel side by side. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** height × width × channels values from 0 to 255. */
  readonly data: Uint8Array;
}

/** Whether red, green and blue are equal everywhere. */
export function isGrey({ channels, data }: Image): boolean {
  if (channels === 1) return true;
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}

/**
 * The image as planes, [channels, height, width], as ONNX's Conv takes it. Colours become grey by ITU-R BT.601, 0.299 R + 0.587 G +
 * 0.114 B, rounded.
 */
export function planes(image: Image, channels: 1 | 3): Uint8Array {
  const { data, width, height } = image;
  const size = width * height;
  const out = new Uint8Array(size * channels);
  for (let i = 0; i < size; i++) {
    const at = i * image.channels;
    const red = data[at]!;
    const green = image.channels === 1 ? red : data[at + 1]!;
    const blue = image.channels === 1 ? red : data[at + 2]!;
    if (channels === 1) out[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else {
      out[i] = red;
      out[size + i] = green;
      out[2 * size + i] = blue;
    }
  }
  return out;
}

/** The image in another size: each pixel is the mean over the area that it covers in the original. */
export function resize(image: Image, height: number, width: number): Image {
  if (image.height === height && image.width === width) return image;
  const { channels, data } = image;
  const rows = spans(image.height, height);
  const columns = spans(image.width, width);
  const out = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (const row of rows[y]!) {
          for (const column of columns[x]!) {
            const value = data[(row.index * image.width + column.index) * channels + c]!;
            sum += row.weight * column.weight * value;
          }
        }
        out[(y * width + x) * channels + c] = Math.round(sum);
      }
    }
  }
  return { width, height, channels, data: out };
}

interface Share {
  readonly index: number;
  readonly weight: number;
}

/** For each new place the old ones it covers, with their part of it. */
function spans(from: number, to: number): readonly (readonly Share[])[] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    const start = i * step;
    const end = Math.min((i + 1) * step, from);
    const shares: Share[] = [];
    for (let index = Math.floor(start); index < end; index++) {
      const weight = (Math.min(index + 1, end) - Math.max(index, start)) / (end - start);
      if (weight > 1e-9) shares.push({ index, weight });
    }
    return shares;
  });
}
