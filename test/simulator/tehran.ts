// Tehran's days and months, for the counters of agreements and the dates on the wire. Iran has kept UTC+03:30 all year
// since 2022, so a fixed offset is exact for every instant the simulator meets.

const offsetMs = 3.5 * 3_600_000;
const jalaliMonth = new Intl.DateTimeFormat("en-u-ca-persian", {
  timeZone: "Asia/Tehran",
  year: "numeric",
  month: "numeric",
});

/** The Tehran date of an instant: 2026-03-20T21:00Z is `2026-03-21`. */
export function dayOf(atMs: number): string {
  return textOf(atMs).slice(0, 10);
}

/** A key that two instants share when they lie in one month of the given calendar, in Tehran. */
export function monthOf(atMs: number, calendar: "gregorian" | "jalali"): string {
  return calendar === "gregorian" ? textOf(atMs).slice(0, 7) : jalaliMonth.format(atMs);
}

/** `YYYY-MM-DD HH:MM:SS` in Tehran, as `unVerified` writes its dates (§2.6). */
export function textOf(atMs: number): string {
  return new Date(atMs + offsetMs).toISOString().slice(0, 19).replace("T", " ");
}

/** `2024-08-25T15:00:00+03:30`, as GraphQL's times have been seen (§2.9). */
export function isoOf(atMs: number): string {
  return `${textOf(atMs).replace(" ", "T")}+03:30`;
}

/** The instant of `YYYY-MM-DD HH:MM:SS` in the zone, or null when it is no such date. */
export function instantOf(text: string, zone: "tehran" | "utc"): number | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  const asUtc = Date.parse(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 10) !== text.slice(0, 10)) return null;
  return zone === "tehran" ? asUtc - offsetMs : asUtc;
}
