// The server's own handlers, each call of which passes somebody who may watch it, hold it back or let it fail.
import type { Handlers } from "../../server/app.ts";
import type { RequestContext } from "../../server/http/context.ts";

/** Stands around one call of a handler; `work` does it, on this context. */
export type AroundHandler = (work: () => Promise<unknown>, context: RequestContext) => Promise<unknown>;

/** The same tree of handlers, with `around` around each. */
export function handlersAround(handlers: Handlers, around: AroundHandler): Handlers {
  return treeAround(handlers, around) as Handlers;
}

function treeAround(tree: object, around: AroundHandler): object {
  const entries = Object.entries(tree) as [string, unknown][];
  return Object.fromEntries(entries.map(([name, entry]) => [name, entryAround(entry, around)]));
}

function entryAround(entry: unknown, around: AroundHandler): unknown {
  if (typeof entry !== "function") return treeAround(entry as object, around);
  return (args: unknown, context: RequestContext) => around(async () => entry(args, context) as unknown, context);
}
