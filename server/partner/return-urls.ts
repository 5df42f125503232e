// Where a partner's customers may be sent back to. Plain http is for a partner's own machine, outside production.
import type { RequestContext } from "../http/context.ts";
import { problemOf } from "../http/problem.ts";

/** Null when customers may be sent to each of these. */
export function refusalOfReturnUrls({ deps, requestId }: RequestContext, urls: readonly string[]) {
  const errors = urls.flatMap((url, index) => {
    const { protocol, hostname } = new URL(url);
    const isLocal = deps.config.environment !== "production" && ["127.0.0.1", "localhost"].includes(hostname);
    if (protocol === "https:" || isLocal) return [];
    return [{ pointer: `/body/returnUrls/${index}`, code: "custom", detail: "Must begin with https." }];
  });
  return errors.length === 0 ? null : problemOf("validation_failed", { requestId, errors });
}
