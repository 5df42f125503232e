import { contract } from "../../contract/index.ts";
import { publicly } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { noticePage } from "../page/notice.tsx";
import { ownerOf } from "../store/webhook-event.ts";
import { textsFor } from "../text/languages.ts";
import { keepHint } from "./hint.ts";

export const returnFromPaying = publicly.route(contract.webhooks.paymentReturn, async ({ params, query }, context) => {
  const subject = await ownerOf(context.deps.db, { paymentId: params.paymentId });
  if (!subject) return refusal(context, "not_found");
  await keepHint(context.deps, { source: "return", subject, raw: query });
  const texts = textsFor(context.request.headers.get("accept-language"));
  return { status: 200, body: noticePage(texts, texts.paymentReturn) };
});
