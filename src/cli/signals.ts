/** @file Ctrl-C, termination and a terminal that is closed: the first signal asks the work to stop, the second ends the process. */
import { exitCode } from "./failure.ts";

/** Listening for signals. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came; undefined when none did. */
  readonly code: () => number | undefined;
  readonly close: () => void;
}

const codes = {
  SIGINT: exitCode.interrupted,
  SIGTERM: exitCode.terminated,
  SIGHUP: exitCode.hungUp,
} as const;
type SignalName = keyof typeof codes;

/** Listens until closed; `onStop` is told of the first signal, `onEnd` just before a second one ends the process. */
export function listenForStop(onStop: () => void, onEnd: () => void): Stop {
  const controller = new AbortController();
  let code: number | undefined;
  const handle = (name: SignalName) => {
    if (name === "SIGHUP" && !isOnTerminal()) return;
    if (code !== undefined) {
      onEnd();
      process.exit(codes[name]);
    }
    code = codes[name];
    controller.abort();
    onStop();
  };
  const names = Object.keys(codes) as SignalName[];
  for (const name of names) process.on(name, handle);
  return {
    signal: controller.signal,
    code: () => code,
    close: () => {
      for (const name of names) process.off(name, handle);
    },
  };
}

/** Node undoes what `nohup` asks for; `nohup` also sees to it that no terminal is left, and so do cron and services. */
const isOnTerminal = (): boolean =>
  [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);

/** Ends the process as the hang-up would have: to reset a terminal that is gone, as Node does at its end, is an abort. */
export function endByHangUp(): void {
  process.kill(process.pid, "SIGHUP");
}
