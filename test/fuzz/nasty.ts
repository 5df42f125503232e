// Ways to spoil a request: its body's values and bytes, its headers, its address, and who sends it. Each is drawn by
// fast-check, and what is left out when it shrinks goes back to what is right.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Bytes, Draft } from "./draft.ts";
import { anId, headers, keys, queries, texts, values } from "./words.ts";

export type Spoil = (draft: Draft) => Draft;

const value = fc.constantFrom(...values);
const text = fc.constantFrom(...texts);
const at = fc.nat(1_000);

/** One of all the ways. */
export const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  {
    arbitrary: fc.tuple(at, value).map(([where, what]) => changingBody((body) => replaced(body, where, what))),
    weight: 6,
  },
  { arbitrary: at.map((where) => changingBody((body) => without(body, where))), weight: 2 },
  {
    arbitrary: fc
      .tuple(at, fc.constantFrom(...keys), value)
      .map(([where, key, what]) => changingBody((body) => grown(body, where, key, what))),
    weight: 2,
  },
  { arbitrary: value.map((what) => (draft: Draft) => ({ ...draft, body: what })), weight: 1 },
  { arbitrary: fc.oneof(...bytesEdits()), weight: 3 },
  { arbitrary: header(), weight: 3 },
  { arbitrary: query(), weight: 4 },
  { arbitrary: address(), weight: 3 },
  { arbitrary: someoneElse(), weight: 2 },
);

function changingBody(change: (body: unknown) => unknown): Spoil {
  return (draft) => (draft.body === undefined ? draft : { ...draft, body: change(draft.body) });
}

type Path = readonly (string | number)[];

/** Where values stand in a body, itself first. */
function pathsIn(value: unknown, above: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [above];
  const members: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return [above, ...members.flatMap(([key, member]) => pathsIn(member, [...above, key]))];
}

function changedAt(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? changedAt(item, rest, change) : item));
  const members = Object.entries(value as object);
  return Object.fromEntries(members.map(([name, it]) => [name, name === key ? changedAt(it, rest, change) : it]));
}

function replaced(body: unknown, where: number, what: unknown): unknown {
  const [top = [], ...below] = pathsIn(body);
  return changedAt(body, below[where % below.length] ?? top, () => what);
}

function without(body: unknown, where: number): unknown {
  const paths = pathsIn(body).slice(1);
  const path = paths[where % paths.length];
  return path ? changedAt(body, path, () => undefined) : body;
}

function grown(body: unknown, where: number, key: string, what: unknown): unknown {
  const paths = pathsIn(body);
  return changedAt(body, paths[where % paths.length] ?? [], (old) => {
    if (Array.isArray(old)) return [...old, what];
    // Not by assignment: `__proto__` must become a key of its own.
    return typeof old === "object" && old !== null ? Object.fromEntries([...Object.entries(old), [key, what]]) : old;
  });
}

type Edit = Draft["edits"][number];

function editing(edit: Edit, headers: Draft["headers"] = []): Spoil {
  return (draft) => ({ ...draft, edits: [...draft.edits, edit], headers: [...draft.headers, ...headers] });
}

function bytesEdits(): readonly fc.Arbitrary<Spoil>[] {
  const ofText = (change: (json: string) => string) => (bytes: Bytes) =>
    Uint8Array.from(new TextEncoder().encode(change(new TextDecoder().decode(bytes))));
  const whole: readonly Spoil[] = [
    editing(ofText((json) => json.replace(/^\{/, '{"__proto__":{"isAdmin":true},'))),
    // The first key once more, with another value before it.
    editing(ofText((json) => json.replace(/^\{("[^"]*"):/, "{$1:null,$1:"))),
    editing(ofText((json) => `${json}{}`)),
    editing(ofText((json) => `\ufeff${json}`)),
    editing(ofText((json) => json.replace(/\d+/, "1e999"))),
    editing(ofText((json) => json.replace(/\d+/, "9".repeat(400)))),
    editing(ofText((json) => json.replace(/\d+/, "-0.0"))),
    editing(ofText((json) => json.replaceAll('"', "'"))),
    editing(ofText((json) => `${json}${" ".repeat(70_000)}`)),
    editing(ofText(() => `[${"[".repeat(30_000)}`)),
    editing(ofText(() => `"${"\\u06F1".repeat(5_000)}"`)),
    editing(
      ofText((json) => json),
      [["content-type", "application/x-www-form-urlencoded"]],
    ),
    editing((bytes) => new Uint8Array([...bytes, 0xff, 0xc3, 0x28])),
    editing((bytes) => bytes.map((byte) => (byte === 0x61 ? 0xe9 : byte))),
    editing(
      (bytes) => new Uint8Array(Buffer.from(new TextDecoder().decode(bytes), "utf16le")),
      [["content-type", "application/json; charset=utf-16le"]],
    ),
    editing((bytes) => new Uint8Array(gzipSync(bytes)), [["content-encoding", "gzip"]]),
    editing((bytes) => new Uint8Array(gzipSync(bytes))),
    editing(() => new Uint8Array()),
  ];
  const cut = at.map((where) => editing((bytes) => bytes.slice(0, where % Math.max(1, bytes.length))));
  const flipped = at.map((where) =>
    editing((bytes) => bytes.map((byte, index) => (index === where % bytes.length ? byte ^ 0x80 : byte))),
  );
  return [fc.constantFrom(...whole), cut, flipped];
}

function header(): fc.Arbitrary<Spoil> {
  return fc.constantFrom(...headers).map((one) => (draft: Draft) => ({ ...draft, headers: [...draft.headers, one] }));
}

function query(): fc.Arbitrary<Spoil> {
  const raw = fc.constantFrom(...queries);
  const replacing = fc.tuple(at, text).map(([where, what]) => (draft: Draft) => {
    const query = draft.query.map(
      ([name, old], index) => [name, index === where % draft.query.length ? what : old] as const,
    );
    return { ...draft, query };
  });
  const twice = fc.constant((draft: Draft) => ({ ...draft, query: [...draft.query, ...draft.query] }));
  return fc.oneof(
    raw.map((rawQuery) => (draft: Draft) => ({ ...draft, rawQuery })),
    replacing,
    twice,
  );
}

function address(): fc.Arbitrary<Spoil> {
  const segments = fc.constantFrom(
    "x",
    "%00",
    "%2F",
    "%2e%2e",
    "%",
    "%F0%9F%92%A9",
    "null",
    "__proto__",
    "a".repeat(3_000),
    `sub_${anId}`,
    `CUS_${anId}`,
    ...texts.map(encoded),
  );
  const replacing = fc.tuple(at, segments).map(([where, what]) => (draft: Draft) => {
    const names = draft.named.map(
      ([name, old], index) => [name, index === where % draft.named.length ? what : old] as const,
    );
    return { ...draft, named: names };
  });
  const tail = fc
    .constantFrom("/", "//", "/.", "/..", "%2F", ";a=b", "/x", ".json")
    .map((tail) => (draft: Draft) => ({ ...draft, tail }));
  const method = fc
    .constantFrom("HEAD", "OPTIONS", "PATCH", "PUT", "DELETE", "POST", "GET", "PROPFIND")
    .map((method) => (draft: Draft) => ({ ...draft, method }));
  return fc.oneof({ arbitrary: replacing, weight: 4 }, tail, method);
}

/** Half a character has no percent-encoding. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : "%ED%A0%80";
}

function someoneElse(): fc.Arbitrary<Spoil> {
  return at.map((where) => (draft: Draft) => ({
    ...draft,
    caller: draft.others[where % draft.others.length] ?? draft.caller,
  }));
}
