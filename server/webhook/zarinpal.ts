import { contract } from "../../contract/index.ts";
import type { Deps } from "../deps.ts";
import { answered, publicly } from "../http/handler.ts";
import { ownerOfAuthority } from "../store/claims-at-home.ts";
import { inDatabaseOf } from "../store/databases.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { keepHint } from "./hint.ts";

/** An authority does not say whose it is: where there are several databases home knows who has claimed it. */
async function whereItIs(deps: Deps, authority: string | undefined): Promise<Deps> {
  if (!deps.databases || authority === undefined) return deps;
  const owner = await ownerOfAuthority(deps, authority);
  return owner === null ? deps : inDatabaseOf(deps, owner);
}

export const receiveZarinpal = publicly.route(contract.webhooks.zarinpal, async ({ body }, context) => {
  const { authority } = body;
  const deps = await whereItIs(context.deps, authority);
  const subject = authority === undefined ? null : await ownerOf(deps.db, { authority });
  await keepHint(deps, { source: "notice", subject, raw: body });
  return answered(context, 200, { received: true as const });
});
