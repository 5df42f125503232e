// The report of an import, as it is printed.
import type { Report } from "./send.ts";

const mostShown = 50;

/** A table of counts, then every line that was refused, up to fifty. */
export function reportText({ counts, unreadable, refused, differing }: Report, isDryRun: boolean): string {
  const head = ["", isDryRun ? "would create" : "created", "unchanged", "differs", "refused"];
  const rows = Object.entries(counts).map(([kind, { created, unchanged, differs, refused: no }]) =>
    [kind, created, unchanged, differs, no].map(String),
  );
  const table = [head, ...rows].map((row) =>
    row
      .map((cell, index) => cell.padEnd(index === 0 ? 10 : 14))
      .join("")
      .trimEnd(),
  );
  const lines = refused.flatMap(({ line, errors }) =>
    errors.map(({ pointer, detail }) => `line ${line}${pointer === "" ? "" : ` ${pointer}`}: ${detail}`),
  );
  return [
    ...table,
    ...(unreadable > 0 ? [`Of no form that is known here: ${unreadable}.`] : []),
    ...(lines.length > 0 ? ["", ...lines.slice(0, mostShown)] : []),
    ...(lines.length > mostShown ? [`… and ${lines.length - mostShown} more.`] : []),
    ...(differing.length > 0
      ? ["", `Imported before in another form, which stands: lines ${differing.slice(0, mostShown).join(", ")}.`]
      : []),
    ...(isDryRun ? ["", "A dry run: nothing was written."] : []),
  ].join("\n");
}
