// Appending to a stream that has no customer: read where it stands, decide, commit; and again when somebody was faster.
import type { WallMs } from "../billing/clock.ts";
import { idFromSeed, idsOf } from "../billing/ids.ts";
import { commitStream, type Actor } from "./commit.ts";
import { loadHead } from "./head.ts";
import type { TransactPorts } from "./transact.ts";

type Change = Pick<Parameters<typeof commitStream>[1], "events" | "writes">;

const sharedBucket = 0;
const maxTries = 10;

/** Who changes something, and by which request when its event stands for that. */
export interface By {
  readonly actor: Actor;
  readonly requestSeed?: string | undefined;
}

/**
 * Writes a change to a stream. `decide` reads what it needs after the stream's head was read, so that whatever another
 * writer of the same stream does in between makes this one decide again; null changes nothing.
 */
export async function appendToStream(
  ports: TransactPorts,
  { stream, actor, requestSeed }: { readonly stream: string } & By,
  decide: (at: WallMs) => Promise<Change | null>,
): Promise<void> {
  const ownEvent = requestSeed === undefined ? null : idFromSeed("evt", requestSeed, sharedBucket);
  for (let tries = 1; tries <= maxTries; tries++) {
    const head = await loadHead(ports.db, stream, ownEvent);
    if (head.hasDecided) return;
    const at = ports.wall();
    const change = await decide(at);
    if (change === null) return;
    const ids = idsOf(sharedBucket, at, ports.random);
    const { kind } = await commitStream(ports, { head, actor, at, ids, ownEvent, ...change });
    if (kind === "committed") return;
  }
  throw new Error(`Lost the race for the stream ${stream} too often`);
}
