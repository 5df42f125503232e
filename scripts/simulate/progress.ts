// How far a campaign is: one line that moves on a terminal, a line at each tenth elsewhere.

export interface Progress {
  /** One more history is over; so many have failed. */
  readonly lived: (failures: number) => void;
  readonly end: () => void;
}

const width = 30;
const everyMs = 100;

export function createProgress(out: NodeJS.WriteStream, total: number): Progress {
  const startedAt = performance.now();
  let done = 0;
  let shownAt = 0;
  const line = (failures: number) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const left = done === 0 ? "" : `, ${Math.ceil((seconds / done) * (total - done))} s left`;
    const bad = failures === 0 ? "" : `, ${failures} failed`;
    return `${done} of ${total} histories in ${seconds.toFixed(0)} s${left}${bad}`;
  };
  const bar = () => {
    const full = Math.floor((width * done) / Math.max(1, total));
    return `[${"█".repeat(full)}${" ".repeat(width - full)}]`;
  };
  return {
    lived: (failures) => {
      done++;
      if (!out.isTTY) {
        if (done === total || done % Math.max(1, Math.round(total / 10)) === 0) out.write(`${line(failures)}\n`);
        return;
      }
      const now = performance.now();
      if (done < total && now - shownAt < everyMs) return;
      shownAt = now;
      out.write(`\r\u001B[K${bar()} ${line(failures)}`);
    },
    end: () => {
      if (out.isTTY) out.write("\n");
    },
  };
}
