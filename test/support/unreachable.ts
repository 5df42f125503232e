// The application's handlers where none is to be reached.
import * as z from "zod";
import { contract } from "../../contract/index.ts";
import type { Handlers } from "../../server/app.ts";

const Tree = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Handlers that answer nothing the contract knows: whoever reaches one gets a 500. */
export function unreachable(): Handlers {
  const tree = Object.entries(Tree.parse(contract)).map(([resource, routes]) => [
    resource,
    Object.fromEntries(Object.keys(routes).map((verb) => [verb, async () => ({ status: 299, body: null })])),
  ]);
  return Object.fromEntries(tree) as Handlers;
}
