/** @file Graphs that are compiled when they are first needed. */
import type { Runtime, Session } from "./ort.ts";

/** The graphs of one engine. */
export interface LazySessions {
  /** A session that is compiled and loaded when it is first asked for. */
  readonly lazy: (build: () => Uint8Array, threads?: number) => () => Promise<Session>;
  /** Seconds spent on compiling and loading so far. */
  readonly seconds: () => number;
  readonly close: () => Promise<void>;
}

/** Sessions that open when they are first used, and the time that took. */
export function lazySessions(runtime: Runtime): LazySessions {
  const open: Promise<Session>[] = [];
  let seconds = 0;
  return {
    seconds: () => seconds,
    lazy(build: () => Uint8Array, threads = 1): () => Promise<Session> {
      let session: Promise<Session> | undefined;
      const load = async () => {
        const start = performance.now();
        const loaded = await runtime.open(build(), { threads });
        seconds += (performance.now() - start) / 1000;
        return loaded;
      };
      return () => {
        if (session === undefined) {
          session = load();
          open.push(session);
        }
        return session;
      };
    },
    async close() {
      for (const session of await Promise.allSettled(open.splice(0)))
        if (session.status === "fulfilled") await session.value.close();
    },
  };
}
