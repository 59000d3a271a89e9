/** @file The packages of `bench/package.json`: whether they are installed, and in which version. */
import { existsSync, readFileSync } from "node:fs";

const manifest = (name: string): URL =>
  new URL(`node_modules/${name}/package.json`, import.meta.url);

/** Whether the packages are installed under `bench/`. */
export const installed = (names: readonly string[]): boolean =>
  names.every((name) => existsSync(manifest(name)));

/** "name version" of an installed package. */
export function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(manifest(name), "utf8")) as { version: string };
  return `${name} ${version}`;
}
