/**
 * @file `minibatch/runs`: runs in folders, with their history, their checkpoints and what came of them. Node only.
 */
export { createRun, openRun } from "./train/run-folder/open-run.node.ts";
export {
  readEvents,
  readRun,
  readRunCheckpoint,
  type StoredEvent,
  type StoredRun,
} from "./train/run-folder/read-run.node.ts";
export type { RunEnding, RunFolder } from "./train/run-folder/run-folder.node.ts";
export type { Json } from "./train/probe.ts";
export { RunFolderError } from "./train/run-folder/run-folder-error.ts";
export type {
  ResumedEntry,
  RunAbout,
  RunFile,
  RunStatus,
} from "./train/run-folder/run-file.node.ts";
export {
  trainInFolder,
  type FolderOptions,
  type KeptOptions,
} from "./train/run-folder/train-in-folder.node.ts";
