/** @file Progress on standard error: a live line on a terminal, a line now and then elsewhere, nothing when quiet. */
import { Presets, SingleBar } from "cli-progress";
import { colourPaint, laneLine, logLine, plainPaint, type LaneView } from "./progress-line.ts";

/** Where progress is told. One line is live at a time; what is done stays above it. */
export interface Progress {
  /** A line that stays. */
  readonly note: (text: string) => void;
  /** Opens a live line, or changes it. */
  readonly lane: (view: LaneView) => void;
  /** The same for work that is not a run. */
  readonly work: (text: string) => void;
  /** Ends the live line, which stays as it was. */
  readonly end: () => void;
  /** Ends the live line, and removes it. */
  readonly clear: () => void;
}

/** The progress that suits `stream`. */
export function progressOn(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return silent;
  return stream.isTTY ? terminalProgress(stream) : logProgress(stream);
}

const nothing = (): void => undefined;
const silent: Progress = {
  note: nothing,
  lane: nothing,
  work: nothing,
  end: nothing,
  clear: nothing,
};

/** Frames a second of the live line. */
const fps = 12;

function terminalProgress(stream: NodeJS.WriteStream): Progress {
  const paint = (process.env["NO_COLOR"] ?? "") === "" ? colourPaint : plainPaint;
  let live: { bar: SingleBar; line: (width: number) => string } | undefined;
  const show = (line: (width: number) => string) => {
    if (live !== undefined) {
      live.line = line;
      live.bar.update(0);
      return;
    }
    const format = (_options: unknown, { maxWidth }: { readonly maxWidth?: number }): string =>
      live?.line(maxWidth ?? 80) ?? "";
    const options = { stream, fps, hideCursor: true, linewrap: false, gracefulExit: false };
    live = { bar: new SingleBar({ ...options, format }, Presets.legacy), line };
    live.bar.start(1, 0);
  };
  const close = (remove: boolean) => {
    if (remove) live?.bar.update(0);
    if (remove && live !== undefined) live.line = () => "";
    live?.bar.stop();
    if (remove && live !== undefined) stream.write("\u001b[1A");
    live = undefined;
  };
  return {
    note: (text) => {
      close(true);
      stream.write(`${text}\n`);
    },
    lane: (view) => {
      show((width) => laneLine(view, width, paint));
    },
    work: (text) => {
      show((width) => paint("faint", text.slice(0, width)));
    },
    end: () => {
      close(false);
    },
    clear: () => {
      close(true);
    },
  };
}

/** Shares of a budget at which a log says something. */
const milestones = [0.25, 0.5, 0.75];
const logPeriod = 1000; // milliseconds, at least

function logProgress(stream: NodeJS.WriteStream): Progress {
  let last: LaneView | undefined;
  let saidPart = 0;
  let saidAt = 0;
  const say = (text: string) => {
    stream.write(`${text}\n`);
    saidAt = performance.now();
  };
  return {
    note: say,
    lane: (view) => {
      last = view;
      const passed = milestones.filter((part) => part <= view.part).length;
      if (passed <= saidPart || performance.now() - saidAt < logPeriod) return;
      saidPart = passed;
      say(logLine(view));
    },
    work: nothing,
    end: () => {
      if (last !== undefined) say(logLine(last));
      [last, saidPart] = [undefined, 0];
    },
    clear: () => {
      [last, saidPart] = [undefined, 0];
    },
  };
}
