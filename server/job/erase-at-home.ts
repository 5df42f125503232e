// Where there are several databases: who was erased in one of them signs in no more. The request that erased them has seen to
// it already; this is for the one that died in between.
import { CustomerId } from "../../contract/common/id.ts";
import type { Deps } from "../deps.ts";
import { atHome } from "../store/databases.ts";
import { eraseUser } from "../store/erasure.ts";
import { moveReader, readLog } from "../store/reader.ts";

const reader = "erasures";
const atOnce = 50;

export async function eraseAtHome(deps: Deps): Promise<void> {
  const { cursor, events } = await readLog(deps.db, reader, { types: ["customer.erased"], limit: atOnce });
  const last = events.at(-1);
  if (!last) return;
  for (const { stream } of events) await eraseUser(atHome(deps).db, CustomerId.parse(stream));
  await moveReader(deps.db, reader, { from: cursor, to: last.position });
}
