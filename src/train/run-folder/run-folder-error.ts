/** @file The error of a run folder that can no longer be written to. */

/** What is known when a run folder fails. */
export interface FolderFailure {
  readonly folder: string;
  /** The file that could not be written, or the folder. */
  readonly file: string;
  /** In a few words: `no space left on the device`. */
  readonly reason: string;
  /** Number of updates of the last good checkpoint; undefined when there is none. */
  readonly savedUpdates: number | undefined;
  /** Whether the folder is no longer there. */
  readonly vanished: boolean;
}

/** A run folder cannot be written to. Its last good checkpoint is as it was. */
export class RunFolderError extends Error implements FolderFailure {
  override readonly name = "RunFolderError";
  readonly folder: string;
  readonly file: string;
  readonly reason: string;
  readonly savedUpdates: number | undefined;
  readonly vanished: boolean;

  constructor(failure: FolderFailure, cause?: unknown) {
    const { folder, file, reason, savedUpdates, vanished } = failure;
    super(`${file} cannot be written: ${reason}\n${savedText(failure)}`, { cause });
    this.folder = folder;
    this.file = file;
    this.reason = reason;
    this.savedUpdates = savedUpdates;
    this.vanished = vanished;
  }
}

function savedText({ folder, savedUpdates, vanished }: FolderFailure): string {
  if (savedUpdates === undefined) return `there was no checkpoint in ${folder} yet`;
  return vanished
    ? `the checkpoint of update ${savedUpdates} was in it`
    : `the last good checkpoint in ${folder} is of update ${savedUpdates}; the run can go on from there`;
}
