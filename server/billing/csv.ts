// Tables as CSV, for spreadsheets and the programs of bookkeepers.

export type Cell = string | number | null;

/** Without it Excel takes UTF-8 for the machine's own code page, and Persian for noise. */
const byteOrderMark = "\uFEFF";

/** RFC 4180 with a header and a byte order mark. Example: header `a,b` and the row `=1`, null give `a,b` and `'=1,`. */
export function csvOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return byteOrderMark + [header, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  const text = harmless(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet runs what begins like a formula; an apostrophe makes it text (OWASP, CSV injection). */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
