// Who gets what from each endpoint, derived from its policy and its address alone: one pure function. `npm run openapi`
// writes it down as docs/authorization.md; test/scenario/authorization.test.ts asks the Worker.
import type { AppRoute, AppRouter } from "@ts-rest/core";
import { isAppRoute } from "@ts-rest/core";
import { policyOf } from "../contract/common/policy.ts";
import { contract } from "../contract/index.ts";

/** Everybody there is, by what they can prove. Owners are who owns what the path names. */
export const callers = [
  "nobody",
  "a revoked key",
  "an expired key",
  "a key of another environment",
  "another customer",
  "the owner",
  "a partner without the scope",
  "another partner with it",
  "the customer's partner with it",
  "an operator",
  "an operator without a second factor",
] as const;

export type CallerName = (typeof callers)[number];

/** 401 and 403 before anything is read; 404 about what is another's, as about what is not there; else it is served. */
export type Verdict = 401 | 403 | 404 | "served";

/** Example: an operator's endpoint answers 403 to a customer, whatever the path names. */
export function verdictOf(route: AppRoute, caller: CallerName): Verdict {
  const { who, orPartner } = policyOf(route);
  if (who === "public") return "served";
  const namesSomething = route.path.includes("/:");
  const isOfPartners = who.startsWith("partner:") || orPartner !== undefined;
  switch (caller) {
    case "nobody":
    case "a revoked key":
    case "an expired key":
    case "a key of another environment":
      return 401;
    case "a partner without the scope":
    case "an operator without a second factor":
      return 403;
    case "another customer":
      return who !== "customer" ? 403 : namesSomething ? 404 : "served";
    case "the owner":
      return who === "customer" ? "served" : 403;
    case "another partner with it":
      return !isOfPartners ? 403 : namesSomething ? 404 : "served";
    case "the customer's partner with it":
      return isOfPartners ? "served" : 403;
    case "an operator":
      return who === "operator" ? "served" : 403;
    default:
      return caller satisfies never;
  }
}

/** docs/authorization.md: a row for each endpoint. */
export function authorizationPage(api: AppRouter = contract): string {
  const rows = routesIn(api).map((route) => {
    const verdicts = callers
      .map((caller) => verdictOf(route, caller))
      .map((verdict) => (verdict === "served" ? "✓" : verdict));
    return `| \`${route.method} ${route.path}\` | ${verdicts.join(" | ")} |`;
  });
  return `# Who may do what

Made by \`npm run openapi\` from the policies of the contract, and asked of the Worker, cell by cell, by
\`test/scenario/authorization.test.ts\`. ✓ is served; 404 about somebody else's is the very answer about what is not
there. A session or key that proves nobody is 401 before anything else of the request is read.

| endpoint | ${callers.join(" | ")} |
| --- |${callers.map(() => " --- |").join("")}
${rows.join("\n")}
`;
}

function routesIn(router: AppRouter): AppRoute[] {
  return Object.values(router).flatMap((entry) => (isAppRoute(entry) ? [entry] : routesIn(entry)));
}
