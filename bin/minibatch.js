#!/usr/bin/env node
// Starts the terminal program: its sources through tsx in a checkout, the build in a package.
import { existsSync } from "node:fs";

const needed = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `minibatch: Node ${needed.join(".")} or newer is needed, this is ${process.versions.node}\n` +
      "install a newer one from https://nodejs.org\n",
  );
  process.exit(2);
}

async function load() {
  const sources = new URL("../src/cli/main.ts", import.meta.url);
  if (!existsSync(sources)) return import("../dist/cli/main.js");
  const { register } = await import("tsx/esm/api").catch(() => {
    process.stderr.write(
      "minibatch: this checkout is not installed: tsx is missing\nrun npm ci in its folder first\n",
    );
    process.exit(2);
  });
  register();
  return import(sources.href);
}

const { main } = await load();
await main(process.argv.slice(2));
