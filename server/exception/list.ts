import { contract } from "../../contract/index.ts";
import { pageOfEach } from "../http/each-database.ts";
import { asOperator } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import { cursorAfter, evidenceFor, isCursor, listExceptions } from "../store/exceptions.ts";
import { presentException } from "./present.ts";

export const listExceptionsHandler = asOperator.route(contract.exceptions.list, async ({ query }, context) => {
  const { requestId } = context;
  return pageOfEach(context, query, async ({ db }, page) => {
    const { limit, cursor } = page;
    if (cursor !== undefined && !isCursor(cursor)) {
      const detail = "This cursor is not one of ours.";
      const errors = [{ pointer: "/query/cursor", code: "invalid_format", detail }];
      return problemOf("validation_failed", { requestId, detail, errors });
    }
    const waiting = await listExceptions(db, page);
    const shown = waiting.slice(0, limit);
    const evidence = await evidenceFor(db, shown);
    const last = waiting.length > limit ? shown.at(-1) : undefined;
    const data = shown.map((exception, index) => presentException(exception, evidence[index] ?? []));
    return {
      status: 200 as const,
      body: { data, meta: { requestId }, page: { nextCursor: last ? cursorAfter(last) : null } },
    };
  });
});
