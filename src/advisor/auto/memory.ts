/** @file What a probe remembers, between its own type and JSON. */
import type { Json } from "../../train/probe.ts";

/** Plain data as JSON. */
export const toJson = (memory: object): Json => memory as unknown as Json;

/** What {@link toJson} was given; the caller knows its type. */
export const fromJson = (memory: Json | undefined): object | undefined =>
  memory as object | undefined;
