/** @file A run as an async iterable of events and a promise of its result. */
import { nextTask } from "../runtime/next-task.ts";

/** A run that is under way. */
export interface Run<Event, Result> extends AsyncIterable<Event> {
  /** Resolves when the run has ended; rejects with the error that ended it. */
  readonly result: Promise<Result>;
}

/**
 * Drives `work` to its end, whoever listens. It starts in a later macrotask, so that whoever iterates at
 * once sees every event; each iterator gets all events from its creation on, and may leave early.
 */
export function startRun<Event, Result>(work: AsyncGenerator<Event, Result>): Run<Event, Result> {
  const listeners = new Set<(message: Message<Event>) => void>();
  const tell = (message: Message<Event>) => {
    for (const listener of listeners) listener(message);
  };
  let ended: Message<Event> | undefined;

  const drive = async (): Promise<Result> => {
    await nextTask();
    try {
      for (;;) {
        const step = await work.next();
        if (step.done === true) {
          tell((ended = { done: true }));
          return step.value;
        }
        tell({ event: step.value });
      }
    } catch (error) {
      tell((ended = { error }));
      throw error;
    }
  };
  const result = drive();

  return {
    result,
    [Symbol.asyncIterator]() {
      // An iterator reports the error itself: the promise alone must not bring the process down.
      result.catch(() => undefined);
      const queue: Message<Event>[] = ended === undefined ? [] : [ended];
      let waiting: (() => void)[] = [];
      let left = false;
      const wake = () => {
        const all = waiting;
        waiting = [];
        for (const resume of all) resume();
      };
      const listener = (message: Message<Event>) => {
        queue.push(message);
        wake();
      };
      listeners.add(listener);
      const leave = () => {
        left = true;
        listeners.delete(listener);
        wake();
        return { done: true as const, value: undefined };
      };
      return {
        async next() {
          while (queue.length === 0 && !left)
            await new Promise<void>((resolve) => waiting.push(resolve));
          const message = left ? undefined : queue.shift();
          if (message === undefined) return { done: true, value: undefined };
          if ("event" in message) return { done: false, value: message.event };
          leave();
          if ("error" in message) throw message.error;
          return { done: true, value: undefined };
        },
        return: () => Promise.resolve(leave()),
      };
    },
  };
}

type Message<Event> =
  { readonly event: Event } | { readonly done: true } | { readonly error: unknown };
