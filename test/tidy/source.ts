// The project's own source as text and imports, for tests about how it is built. Reads files; runs none of them.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath, URL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Import {
  /** A path from the project's root, such as `server/billing/money.ts`, or a package's name as written. */
  readonly of: string;
  readonly isOurs: boolean;
  readonly isTypeOnly: boolean;
}

export interface Source {
  /** From the project's root, such as `server/billing/money.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and without what stands in plain strings; lines stay where they are. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file below these folders. */
export function sourcesIn(...folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => /\.tsx?$/.test(path))
      .toSorted()
      .map((path) => sourceOf(path, readFileSync(join(root, path), "utf8"))),
  );
}

export function sourceOf(path: string, text: string): Source {
  return { path, text, code: codeOf(text), imports: importsOf(path, text) };
}

/** `path:line` of everything in a source's code that the pattern finds. */
export function placesOf(pattern: RegExp, { path, code }: Source): readonly string[] {
  const all = new RegExp(pattern, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
  return [...code.matchAll(all)].map(({ 0: found, index }) => `${path}:${lineAt(code, index)} ${found.trim()}`);
}

const commentOrText = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

function codeOf(text: string): string {
  return text.replace(commentOrText, (found) => {
    if (found.startsWith("`")) return found;
    if (found.startsWith("/")) return found.replace(/[^\n]/g, " ");
    return '""';
  });
}

const importing = /^(?:import|export)\s(?<what>[^;"]*?)\sfrom "(?<from>[^"]+)"|^import "(?<bare>[^"]+)"/gm;
const importingWithin = /\bimport\("(?<from>[^"]+)"\)/g;

function importsOf(path: string, text: string): readonly Import[] {
  const standing = [...text.matchAll(importing)].map(({ groups }) =>
    importOf(path, groups?.["from"] ?? groups?.["bare"] ?? "", groups?.["what"] ?? ""),
  );
  const within = [...text.matchAll(importingWithin)].map(({ groups }) => importOf(path, groups?.["from"] ?? "", ""));
  return [...standing, ...within];
}

function importOf(path: string, from: string, what: string): Import {
  const isOurs = from.startsWith(".");
  return { of: isOurs ? join(dirname(path), from) : from, isOurs, isTypeOnly: /^type\b/.test(what) };
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
