/** @file Ctrl-C and termination: the first asks the work to stop, the second ends the process. */
import { exitCode } from "./failure.ts";

/** Listening for signals. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came; undefined when none did. */
  readonly code: () => number | undefined;
  readonly close: () => void;
}

const codes = { SIGINT: exitCode.interrupted, SIGTERM: exitCode.terminated } as const;
type SignalName = keyof typeof codes;

/** Listens until closed; `onStop` is told of the first signal, `onEnd` just before a second one ends the process. */
export function listenForStop(onStop: () => void, onEnd: () => void): Stop {
  const controller = new AbortController();
  let code: number | undefined;
  const handle = (name: SignalName) => {
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
