/** @file Names of the files of a run folder. */

export const runFolderFiles = {
  /** What the run is and what came of it. */
  run: "run.json",
  /** One event a line. */
  history: "history.jsonl",
  /** A record an update. */
  updates: "updates.bin",
  checkpoint: "checkpoint.safetensors",
  /** The checkpoint before it. */
  previous: "checkpoint.previous.safetensors",
  /** The trained model. */
  model: "model.onnx",
  /** Who writes to the folder. */
  lock: "lock",
} as const;
