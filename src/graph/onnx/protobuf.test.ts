import { expect, it } from "vitest";
import { Message } from "./protobuf.ts";

const hex = (message: Message) => Buffer.from(message.finish()).toString("hex");

// The encoding guide of Protocol Buffers: 150 in field 1 is 08 96 01; a negative number is its 64-bit two's complement.
it.each([
  [150, "089601"],
  [0, "0800"],
  [127, "087f"],
  [128, "088001"],
  [2 ** 32, "088080808010"],
  [Number.MAX_SAFE_INTEGER, "08ffffffffffffff0f"],
  [2n ** 63n - 1n, "08ffffffffffffffff7f"],
  [-1, "08ffffffffffffffffff01"],
  [-2, "08feffffffffffffffff01"],
  [Number.MIN_SAFE_INTEGER, "0881808080808080f0ff01"],
  [-(2n ** 63n), "0880808080808080808001"],
] as const)("writes %s as a varint", (value, bytes) => {
  expect(hex(new Message().integer(1, value))).toBe(bytes);
});

it("writes fields above 15 with a tag of two bytes", () => {
  expect(hex(new Message().integer(20, 7))).toBe("a00107");
});

it("writes strings, floats and embedded messages with their tags", () => {
  // "testing" in field 2, from the same guide
  expect(hex(new Message().string(2, "testing"))).toBe("120774657374696e67");
  expect(hex(new Message().float(1, 1))).toBe("0d0000803f");
  expect(hex(new Message().message(3, new Message().integer(1, 150)))).toBe("1a03089601");
  expect(hex(new Message().string(1, "é"))).toBe("0a02c3a9");
});

it("grows", () => {
  const message = new Message();
  for (let i = 0; i < 1000; i++) message.bytes(1, Uint8Array.of(i));
  const bytes = message.finish();
  expect(bytes).toHaveLength(3000);
  expect([...bytes.subarray(2997)]).toEqual([10, 1, 999 % 256]);
  const large = new Message().bytes(1, new Uint8Array(70_000).fill(7)).finish();
  expect(large).toHaveLength(70_004); // tag, three bytes of length
  expect(Buffer.from(large.subarray(0, 5)).toString("hex")).toBe("0af0a20407");
});
