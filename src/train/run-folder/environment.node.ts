/** @file Versions and machine, for the record of a run. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, release, type } from "node:os";

/** Names of what a result was made with. */
export interface Environment {
  readonly minibatch: string;
  readonly runtime: string;
  readonly machine: string;
}

/** Version of this package. */
export function packageVersion(): string {
  return versionIn(new URL("../../../package.json", import.meta.url));
}

/** What this process runs on. */
export function environment(): Environment {
  return {
    minibatch: packageVersion(),
    runtime: `onnxruntime-node ${runtimeVersion()}, Node ${process.versions.node}`,
    machine: `${processor()} × ${availableParallelism()}, ${type()} ${release()}`,
  };
}

function processor(): string {
  const name = cpus()[0]?.model.replace(/\s+/g, " ").trim() ?? "";
  return name === "" || name === "unknown" ? process.arch : name;
}

function runtimeVersion(): string {
  try {
    const require = createRequire(import.meta.url);
    return versionIn(require.resolve("onnxruntime-node/package.json"));
  } catch {
    return "";
  }
}

function versionIn(path: string | URL): string {
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version?: string };
  return version ?? "";
}
