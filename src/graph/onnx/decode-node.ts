/** @file A node of a file as its decoder sees it: its operands, and its attributes with their defaults. */
import { DataError } from "../../errors.ts";
import { scalarConstant, type Value } from "../value.ts";
import type { Dim, Tensor } from "../types.ts";
import type { OnnxAttribute, OnnxNode } from "./read.ts";

/** What is known of a name: a value, and of whole numbers that make shapes their lengths. */
export interface Known {
  readonly value?: Value;
  /** Lengths, of which one may be a name; a scalar where `isScalar`. */
  readonly dims?: readonly Dim[];
  readonly isScalar?: boolean;
}

/** A node that is being built. */
export class DecodedNode {
  readonly node: OnnxNode;
  /** Version of the operators of the file. */
  readonly opset: number;
  readonly #known: (name: string) => Known;

  constructor(node: OnnxNode, opset: number, known: (name: string) => Known) {
    this.node = node;
    this.opset = opset;
    this.#known = known;
  }

  /** Whether operand `index` is there. */
  has(index: number): boolean {
    return (this.node.inputs[index] ?? "") !== "";
  }

  known(index: number): Known {
    if (!this.has(index)) throw new DataError(`operand ${index} is missing`);
    return this.#known(this.node.inputs[index] ?? "");
  }

  /** Operand `index` as a value of the graph. */
  value(index: number): Value {
    const { value } = this.known(index);
    if (value === undefined)
      throw new DataError(`operand ${index} is a shape, where a tensor was expected`);
    return value;
  }

  optional(index: number): Value | undefined {
    return this.has(index) ? this.value(index) : undefined;
  }

  /** All operands. */
  values(): readonly Value[] {
    return this.node.inputs.map((_, index) => this.value(index));
  }

  /** Whole numbers that are known when the graph is built. */
  dims(index: number): readonly Dim[] {
    const { dims } = this.known(index);
    if (dims === undefined)
      throw new DataError(`operand ${index} must be whole numbers that the file holds`);
    return dims;
  }

  /** The same where none may be a name. */
  wholes(index: number): readonly number[] {
    return this.dims(index).map((dim) => {
      if (typeof dim === "number") return dim;
      throw new DataError(`operand ${index} depends on the length "${dim}"`);
    });
  }

  /** One number that the file holds. */
  number(index: number): number {
    const { value } = this.known(index);
    const number = value && scalarConstant(value);
    if (number === undefined)
      throw new DataError(`operand ${index} must be a number that the file holds`);
    return number;
  }

  int(name: string, otherwise: number): number {
    return this.#attribute(name)?.int ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.#attribute(name)?.float ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.#attribute(name)?.string ?? otherwise;
  }

  tensor(name: string): Tensor | undefined {
    return this.#attribute(name)?.tensor?.();
  }

  /** The whole numbers of an attribute; undefined when it is not there. */
  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name)?.ints;
  }

  /** Refuses an attribute that has another value. */
  only(name: string, value: number | string): void {
    const { int, string } = this.#attribute(name) ?? {};
    const found = typeof value === "number" ? int : string;
    if (found !== undefined && found !== value)
      throw new DataError(`${name} ${found} is not supported, only ${value}`);
  }

  /** Axes of an operator that has them as an operand in later versions, and as an attribute in earlier ones. */
  axes(index: number): readonly number[] | undefined {
    return this.has(index) ? this.wholes(index) : this.ints("axes");
  }

  #attribute(name: string): OnnxAttribute | undefined {
    return this.node.attributes.get(name);
  }
}
