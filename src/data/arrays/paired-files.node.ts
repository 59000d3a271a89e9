/** @file Which files of one array each belong together. */
import { stat } from "node:fs/promises";
import { InputError } from "../../errors.ts";

/** Files of inputs and of their targets. */
export interface FilePair {
  readonly x: string;
  readonly y: string;
}

/**
 * The file of targets that the user names for `path`, or the files that go with `train-images-idx3-ubyte`, those to test on among them.
 *
 * @throws InputError when nothing says which file has the targets
 */
export async function pairedFiles(
  path: string,
  target: string | undefined,
): Promise<{ readonly main: FilePair; readonly apart?: FilePair }> {
  if (target !== undefined) return { main: { x: path, y: target } };
  const labels = path.replace(/images([.-])idx3/, "labels$1idx1");
  if (labels === path) {
    throw new InputError(`${path} holds one array; give target, the file with the targets`);
  }
  const main = { x: path, y: labels };
  const test = path.replace(/train([.-]images)/, "t10k$1");
  const found = test === path ? undefined : await stat(test).catch(() => undefined);
  if (found === undefined) return { main };
  return { main, apart: { x: test, y: labels.replace(/train([.-]labels)/, "t10k$1") } };
}
