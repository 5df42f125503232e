// Faults, told to the log and to nobody else. Logged whole, except for what a message or an address may carry: Drizzle's
// messages hold SQL and parameters, anybody's may hold a person, and an address under `/auth` a code that opens a door.
import type { Deps } from "../deps.ts";

interface Where {
  readonly event: string;
  readonly requestId?: string;
  readonly method?: string;
  /** The pattern that the address matched, never the address. Example: `/v1/products/:productId`. */
  readonly route?: string;
}

/** Writes one error line: the error's name, the messages of its causes, scrubbed, and where in the code it arose. */
export function logFault(deps: Pick<Deps, "log">, error: unknown, where: Where): void {
  const causes = causesOf(error);
  deps.log({
    level: "error",
    ...where,
    error: causes.map(nameOf).join(" < "),
    message: causes.map(messageOf).filter(Boolean).join(" < "),
    frames: framesOf(error),
  });
}

const maxDepth = 8;

/** The innermost cause: what the database or the network itself said, without the query that it said it about. */
export function innermostCause(error: unknown): unknown {
  let found = error;
  for (let depth = 0; depth < maxDepth && found instanceof Error && found.cause instanceof Error; depth++) {
    found = found.cause;
  }
  return found;
}

const maxCauses = 4;

function causesOf(error: unknown): readonly unknown[] {
  const causes = [error];
  while (causes.length < maxCauses) {
    const last = causes.at(-1);
    if (!(last instanceof Error) || last.cause === undefined) break;
    causes.push(last.cause);
  }
  return causes;
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return isQueryError(error) ? "DrizzleQueryError" : error.name;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error) || isQueryError(error)) return "";
  return scrub(error.message);
}

function isQueryError(error: Error): boolean {
  return error.constructor.name === "DrizzleQueryError" || error.message.startsWith("Failed query:");
}

/** Addresses and long numbers (mobiles, national ids, cards) become `…`. */
function scrub(message: string): string {
  return message.replace(/[^\s@"']+@[^\s@"']+/g, "…").replace(/[\d۰-۹٠-٩]{8,}/g, "…");
}

/** The stack without its first lines, which repeat the message. */
function framesOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  const frames = lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
  return frames.slice(0, 12).join(" | ");
}
