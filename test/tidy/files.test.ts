// How files look: short, opened by a sentence, and with nothing switched off.
import { describe, expect, it } from "vitest";
import { placesOf, sourceOf, sourcesIn, type Source } from "./source.ts";

const maxLines = 300;

const product = sourcesIn("contract", "server");
const all = [...product, ...sourcesIn("scripts", "test")];
const lists = /^server\/(?:router|[\w-]+\/handlers)\.ts$/;
const routed = new Set(
  product.filter(({ path }) => lists.test(path)).flatMap(({ imports }) => imports.map(({ of }) => of)),
);

const looseType = /(?:[:<,|&(]|\bas)\s*any\b|\bany\[\]/;
const assertion = /[\w)\]]!(?:[.,;)\]]|\s*$)/m;
/** What no file may hold: promises not kept, and silencers. Named here to be looked for; none stands here to be obeyed. */
const unfinished = /\b(?:TODO|FIXME|HACK)\b|@ts-(?:ignore|expect-error|nocheck)|(?:ox|es)lint-disable/;
const vague = /(?:^|[/-])(?:utils?|helpers?|manager|service)(?:\.test)?\.tsx?$|\/(?:data|info|misc|common)\.tsx?$/;

function lineCount({ text }: Source): number {
  return text.trimEnd().split("\n").length;
}

/** Tests are told by their titles; a file with one handler by its path. */
function opensWithSentence({ path, text }: Source): boolean {
  return /^(?:#!.*\n)?\/[/*]/.test(text) || path.endsWith(".test.ts") || path.endsWith(".d.ts") || routed.has(path);
}

describe("files", () => {
  it(`of contract and server have at most ${maxLines} lines`, () => {
    const long = product.filter((source) => lineCount(source) > maxLines);
    expect(long.map((source) => `${source.path}: ${lineCount(source)}`)).toEqual([]);
  });

  it("open with a sentence or two", () => {
    expect(all.filter((source) => !opensWithSentence(source)).map(({ path }) => path)).toEqual([]);
  });

  it("are kebab-case and named for what they hold", () => {
    const badly = all.filter(({ path }) => !/^[a-z0-9./-]+$/.test(path) || vague.test(path));
    expect(badly.map(({ path }) => path)).toEqual([]);
  });

  it("leave nothing for later and switch nothing off", () => {
    const own = "test/tidy/files.test.ts";
    const left = all.filter(({ path, text }) => path !== own && unfinished.test(text));
    expect(left.map(({ path }) => path)).toEqual([]);
  });

  it("hold no `any` and no `!`", () => {
    expect(product.flatMap((source) => placesOf(looseType, source))).toEqual([]);
    expect(product.flatMap((source) => placesOf(assertion, source))).toEqual([]);
  });
});

describe("what is loose is seen", () => {
  it.each(["const x: any = 1;", "f(x as any);", "type A = Record<string, any>;", "let all: any[];"])("%s", (line) => {
    expect(placesOf(looseType, sourceOf("server/x.ts", line))).not.toEqual([]);
  });

  it.each(["list[0]!.id;", "f(found!);", "const x = found!;"])("%s", (line) => {
    expect(placesOf(assertion, sourceOf("server/x.ts", line))).not.toEqual([]);
  });

  it.each(["if (!found) return;", "a !== b", "// do it for any price!"])("but not in: %s", (line) => {
    const source = sourceOf("server/x.ts", line);
    expect([...placesOf(looseType, source), ...placesOf(assertion, source)]).toEqual([]);
  });
});
