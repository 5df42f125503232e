// Reads an import file: one record a line, checked by the contract's own schemas before anything is sent.
import type * as z from "zod";
import type { FieldError } from "../../contract/common/problem.ts";
import { ImportRecord } from "../../contract/import.ts";

/** A line that can be sent, or what is wrong with it. */
export type Line =
  | { readonly line: number; readonly text: string; readonly record: ImportRecord }
  | { readonly line: number; readonly errors: readonly FieldError[] };

/** Reads lines as they come; empty ones are skipped. Refuses a second line with the id of an earlier one. */
export async function* readLines(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Line> {
  const lineOf = new Map<string, number>();
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() === "") continue;
    const read = readLine(text.replace(/^\uFEFF/, ""), line);
    if ("errors" in read) {
      yield read;
      continue;
    }
    const key = `${read.record.kind} ${read.record.id}`;
    const earlier = lineOf.get(key);
    lineOf.set(key, earlier ?? line);
    yield earlier === undefined ? read : refused(line, "/id", "repeated", `Line ${earlier} has this id already.`);
  }
}

function readLine(text: string, line: number): Line {
  const json = jsonOf(text);
  if (json === undefined) return refused(line, "", "malformed_json", "This line is not JSON.");
  const parsed = ImportRecord.safeParse(json);
  if (parsed.success) return { line, text, record: parsed.data };
  return { line, errors: parsed.error.issues.flatMap(errorsOf) };
}

/** Undefined when it is none: JSON has no word for that. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function errorsOf(issue: z.core.$ZodIssue): readonly FieldError[] {
  const { code, message: detail, path } = issue;
  const at = (parts: readonly PropertyKey[]) => parts.map((part) => `/${String(part)}`).join("");
  if (code !== "unrecognized_keys") return [{ pointer: at(path), code, detail }];
  return issue.keys.map((key) => ({
    pointer: at([...path, key]),
    code: "unrecognized_key",
    detail: "This field is not known here.",
  }));
}

function refused(line: number, pointer: string, code: string, detail: string): Line {
  return { line, errors: [{ pointer, code, detail }] };
}
