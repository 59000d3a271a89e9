/** Names of run folders. */
import { expect, it } from "vitest";
import { runName } from "./run-place.ts";

it.each([
  ["mnist", "mnist"],
  ["fashion-mnist", "fashion-mnist"],
  ["data/houses.csv.gz", "houses"],
  ["/a/b c/Häuser 2.csv", "H-user-2"],
  ["parts/*.parquet", "data"],
  ["./images/", "images"],
  ["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"],
  [".hidden.csv", "hidden-csv"],
])("%s makes %s", (data, name) => {
  expect(runName(data)).toBe(name);
});
