import { contract } from "../../contract/index.ts";
import { answered, publicly } from "../http/handler.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { keepHint } from "./hint.ts";

export const receiveZarinpal = publicly.route(contract.webhooks.zarinpal, async ({ body }, context) => {
  const { authority } = body;
  const subject = authority === undefined ? null : await ownerOf(context.deps.db, { authority });
  await keepHint(context.deps, { source: "notice", subject, raw: body });
  return answered(context, 200, { received: true as const });
});
