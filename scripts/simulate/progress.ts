// How far a campaign is: one line that moves on a terminal, a line at each tenth and at each failure elsewhere.

export interface Progress {
  /** One more history is over; these have failed by now. */
  readonly lived: (failed: readonly number[]) => void;
  readonly end: () => void;
}

const width = 30;
const everyMs = 100;

export function createProgress(out: NodeJS.WriteStream, total: number): Progress {
  const startedAt = performance.now();
  let done = 0;
  let shownAt = 0;
  let failures = 0;
  const line = (failed: readonly number[]) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const left = done === 0 ? "" : `, ${Math.ceil((seconds / done) * (total - done))} s left`;
    const bad = failed.length === 0 ? "" : `, ${failed.length} failed: ${failed.join(", ")}`;
    return `${done} of ${total} histories in ${seconds.toFixed(0)} s${left}${bad}`;
  };
  const bar = () => {
    const full = Math.floor((width * done) / Math.max(1, total));
    return `[${"█".repeat(full)}${" ".repeat(width - full)}]`;
  };
  return {
    lived: (failed) => {
      done++;
      const isNews = failed.length > failures;
      failures = failed.length;
      if (!out.isTTY) {
        const isTenth = done === total || done % Math.max(1, Math.round(total / 10)) === 0;
        if (isTenth || isNews) out.write(`${line(failed)}\n`);
        return;
      }
      const now = performance.now();
      if (done < total && now - shownAt < everyMs) return;
      shownAt = now;
      out.write(`\r\u001B[K${bar()} ${line(failed)}`);
    },
    end: () => {
      if (out.isTTY) out.write("\n");
    },
  };
}
