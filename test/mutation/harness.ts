// `describe` and `it` for tests that run in one process thousands of times over, each by itself. `expect` is vitest's
// own. Knows nothing of mutants.
import { format } from "node:util";
import { expect } from "vitest";

export { expect };

export interface Test {
  /** The titles from the outermost to its own, and a number where two of a file are alike. */
  readonly name: string;
  readonly run: Body;
}

type Body = (...row: never[]) => unknown;
type Registering = (title: string, ...rest: readonly (Body | object)[]) => void;
type Rows = readonly unknown[];

const titles: string[] = [];
let registered: Test[] = [];

/** Takes the tests that were registered since it was last asked. */
export function takeTests(): readonly Test[] {
  const taken = registered;
  registered = [];
  return taken;
}

export const describe = withRows((title, body) => {
  titles.push(title);
  body();
  titles.pop();
});

export const it = withRows((title, run) => {
  const full = [...titles, title].join(" > ");
  const alike = registered.filter(({ name }) => name === full || name.startsWith(`${full} #`)).length;
  registered.push({ name: alike === 0 ? full : `${full} #${alike + 1}`, run });
});

export const test = it;

/** Something that registers, once or for each row of a table. Options, such as a time limit, are not heeded. */
function withRows(register: (title: string, body: () => unknown) => void) {
  const once: Registering = (title, ...rest) => register(title, () => bodyOf(rest)());
  const each =
    (rows: Rows): Registering =>
    (title, ...rest) => {
      for (const row of rows) {
        const values = Array.isArray(row) ? row : [row];
        register(titleOf(title, values), () => bodyOf(rest)(...asRow(values)));
      }
    };
  return Object.assign(once, { each });
}

function bodyOf(rest: readonly (Body | object)[]): Body {
  const body = rest.find((it) => typeof it === "function");
  if (!isBody(body)) throw new Error("A test has no body");
  return body;
}

function isBody(value: unknown): value is Body {
  return typeof value === "function";
}

/** A test's rows fit its own body, as the compiler has checked against vitest's types. */
function asRow(values: readonly unknown[]): never[] {
  return values as never[];
}

function titleOf(title: string, values: readonly unknown[]): string {
  const places = title.match(/%[sdifjoO]/g)?.length ?? 0;
  const filled = format(title, ...values.slice(0, places));
  return filled.replaceAll(/\$(\w+)/g, (text, key) => fieldOf(values[0], key) ?? text);
}

function fieldOf(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found = Object.entries(value).find(([name]) => name === key);
  return found && String(found[1]);
}
