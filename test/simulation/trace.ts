// The story of a history, line by line, or nothing at all when nobody reads it.

export interface Trace {
  readonly tell: (at: number, who: string, what: string) => void;
  readonly isRead: boolean;
}

export const untold: Trace = { tell: () => undefined, isRead: false };

/** Keeps the story as lines. Example: `2026-11-22 08:00:01.250  Sara            subscribes to price 0`. */
export function told(lines: string[]): Trace {
  return {
    isRead: true,
    tell: (at, who, what) => {
      const instant = new Date(at).toISOString().replace("T", " ").slice(0, 23);
      lines.push(`${instant}  ${who.padEnd(18)} ${what}`);
    },
  };
}
