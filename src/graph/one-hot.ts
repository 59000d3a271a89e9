/** @file Class indices as rows with one entry. */
import { cast, equal, gather, mul, reshape } from "./ops.ts";
import { tensor, type FloatType } from "./types.ts";
import { constant, type Value } from "./value.ts";

/** Classes up to which a table of all rows, C² numbers, is cheaper than comparing with every class. */
const tableLimit = 256;

/** −1 at the class of each label and 0 elsewhere: labels [...] -> [..., C]. */
export function negatedOneHot(labels: Value, classes: number, dtype: FloatType): Value {
  if (classes <= tableLimit) {
    const rows = new Float64Array(classes * classes);
    for (let c = 0; c < classes; c++) rows[c * classes + c] = -1;
    return gather(constant(tensor(dtype, [classes, classes], rows)), labels);
  }
  const numbers = Float64Array.from({ length: classes }, (_, c) => c);
  const column = reshape(labels, [...labels.shape, 1]);
  return mul(cast(equal(column, constant(tensor(labels.dtype, [classes], numbers))), dtype), -1);
}
