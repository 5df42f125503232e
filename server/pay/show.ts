import { contract } from "../../contract/index.ts";
import { publicly } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { noticePage } from "../page/notice.tsx";
import { payPage } from "../page/pay.tsx";
import { findPayable } from "../store/payable.ts";
import { textsOf } from "../text/languages.ts";
import { noticeOf } from "./notice.ts";

export const showPaymentLink = publicly.route(contract.paymentLinks.show, async ({ params }, context) => {
  const payable = await findPayable(context.deps.db, params.invoiceId);
  if (!payable) return refusal(context, "not_found");
  const texts = textsOf(context.request.headers);
  const notice = noticeOf(texts, payable);
  return { status: 200, body: notice ? noticePage(texts, notice) : payPage(texts, payable) };
});
