import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { listNotices } from "../store/notices.ts";
import { presentNotice } from "./present.ts";

const shown = 100;

export const listNoticesOfCustomer = asOperator.route(
  contract.notifications.listOfCustomer,
  async ({ params }, context) => {
    const { deps, requestId } = context;
    const notices = await listNotices(deps.db, params.customerId, shown);
    if (!notices) return refusal(context, "not_found");
    const data = notices.map(presentNotice);
    return { status: 200 as const, body: { data, meta: { requestId }, page: { nextCursor: null } } };
  },
);
