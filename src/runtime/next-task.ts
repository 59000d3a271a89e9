/** @file Letting others have their turn: timers, signals, the page. */

/** Resolves in a later task. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** A pause for long loops: gives others a turn when `seconds` have passed since the last one. */
export function turns(seconds = 0.1): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < seconds * 1000) return undefined;
    return nextTask().then(() => {
      last = performance.now();
    });
  };
}
