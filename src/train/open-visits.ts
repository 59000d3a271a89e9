/** @file The visits that the data of a run asks for. */
import { isInMemory, isStored, type TrainingData } from "../data/dataset.ts";
import type { RunConfig } from "./run-config.ts";
import type { Position } from "./cursor.ts";
import { storedVisits } from "./stored-visits.ts";
import { streamedVisits } from "./streamed-visits.ts";
import { memoryVisits, type Visits } from "./visits.ts";

/** The visits of a run from `start` on; `pass` is that of its engine. */
export async function openVisits(
  config: RunConfig<TrainingData>,
  start: Position,
  pass: number,
): Promise<Visits> {
  const { training } = config;
  if (isInMemory(training)) return memoryVisits(config, training);
  return isStored(training)
    ? storedVisits(config, training, pass)
    : streamedVisits(config, training, start);
}
