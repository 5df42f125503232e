// After a change at home: what home has for all, copied to each other database at once. One that cannot be reached keeps the
// rest from nothing, and is seen to by its next minute.
import type { Deps } from "../deps.ts";
import { copyFromHome } from "../store/copied.ts";
import { inEachDatabase } from "../store/databases.ts";
import { logFault } from "./fault.ts";

export async function copyToOthers(deps: Deps): Promise<void> {
  if (deps.databases?.at !== 0) return;
  for (const each of inEachDatabase(deps)) {
    await copyFromHome(each).catch((fault: unknown) => logFault(deps, fault, { event: "copy_failed" }));
  }
}
