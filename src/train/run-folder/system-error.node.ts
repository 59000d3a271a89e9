/** @file Errors of the file system, in words. */

const known: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "read-only file system",
  ENOTDIR: "part of the path is a file",
  EISDIR: "there is a folder of that name",
  EEXIST: "there is a file of that name",
  ENOENT: "no such folder",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than is allowed",
  EIO: "the device reports an error",
};

/** Why a call of the file system failed: `permission denied`. */
export function reasonOf(error: unknown): string {
  return known[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** `ENOSPC`; empty for other errors. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
