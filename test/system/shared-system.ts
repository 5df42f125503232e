// The `npm start` that files share which only visit it, side by side: what each does there is its own people's. Whoever
// ends a system, or is told of everything that happens there, starts one of their own.
import { inject } from "vitest";
import * as z from "zod";
import { Addresses } from "../../scripts/local/running.ts";
import { Settings } from "./npm.ts";

const Shared = z.object({ at: Addresses, settings: Settings });

/** The shared system, once it is ready; the first who asks has it started. */
export async function sharedSystem(): Promise<z.infer<typeof Shared>> {
  const response = await fetch(inject("sharedSystem"));
  if (!response.ok) throw new Error(await response.text());
  return Shared.parse(await response.json());
}
