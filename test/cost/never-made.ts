// Which statements of the store were never made while somebody watched: V8 says which parts of the code have not run.

/** V8's own: a part of the code, by the text's positions, and how often it has run. Parts lie in one another. */
export interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** What a statement, or a part of one, begins with; not a row that is inserted, which reads nothing but its keys. */
const beginning = /\.(?:select|selectDistinct|update|delete|prepare)\(|\bsql\d*(?:\.raw\()?`/g;

/**
 * The lines of `server/store/` that make a statement or a part of one, and have not run.
 *
 * @param code A bundle of it by esbuild.
 */
export function statementsNeverMade(code: string, ranges: readonly Range[]): readonly string[] {
  const hasRun = painted(code.length, ranges);
  const never = filesIn(code).flatMap(({ path, startOffset, endOffset }) => {
    if (!/^server\/store\/(?!schema\/)/.test(path)) return [];
    const places = [...code.slice(startOffset, endOffset).matchAll(beginning)].map(({ index }) => startOffset + index);
    return places.filter((at) => hasRun[at] === 0).map((at) => `${path}: ${lineAt(code, at)}`);
  });
  return [...new Set(never)];
}

/** One for each character that has run: what lies within another part says more than that. */
function painted(length: number, ranges: readonly Range[]): Uint8Array {
  const all = new Uint8Array(length);
  const outermostFirst = [...ranges].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of outermostFirst) all.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return all;
}

/** esbuild writes the name of each file before its text. */
function filesIn(code: string) {
  const headings = [...code.matchAll(/^\/\/ (\S+\.(?:tsx?|[cm]?js))$/gm)];
  return headings.map(({ 1: path = "", index }, at) => ({
    path,
    startOffset: index,
    endOffset: headings[at + 1]?.index ?? code.length,
  }));
}

function lineAt(code: string, at: number): string {
  const begin = code.lastIndexOf("\n", at) + 1;
  const line = code.slice(begin, code.indexOf("\n", at)).trim();
  // esbuild counts names that are in use elsewhere.
  return line.replace(/\b([a-z]+)\d+\b/gi, "$1");
}
