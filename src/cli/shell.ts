/** @file A command as one would type it again. */

/** `minibatch` with its arguments, quoted where a shell needs it. */
export function commandLine(args: readonly string[]): string {
  return ["minibatch", ...args.map(quoted)].join(" ");
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replace(/'/g, `'\\''`)}'`;
}
