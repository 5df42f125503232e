// The application: the shell with our contract, Better Auth at `/auth`, what problems mean, and
// our pages, which ask this same application. Built once per isolate. `/openapi.json` and
// `/docs` are static files, which the platform serves before the Worker is asked.
import type { Hono } from "hono";
import { contract } from "../contract/index.ts";
import type { Price } from "../contract/product.ts";
import { billingMs } from "./billing/clock.ts";
import { vatExclusive } from "./billing/money.ts";
import { vatRateAt } from "./billing/vat.ts";
import type { Deps } from "./deps.ts";
import { createAuth } from "./http/auth/better-auth.ts";
import { createJudge } from "./http/auth/caller.ts";
import { problemOfAuth } from "./http/auth/problem.ts";
import { randomText } from "./http/auth/session-cookie.ts";
import type { AppEnv, HandlersOf } from "./http/mount.ts";
import { createShell } from "./http/shell.ts";
import { pages } from "./page/pages.ts";
import { createSite } from "./page/site/mount.tsx";
import { explainProblem, explainProblems } from "./problem/explain.ts";
import { whenNeeded } from "./text/when-needed.ts";

/** One handler for each route of the contract. */
export type Handlers = HandlersOf<typeof contract>;

/** The whole application over these dependencies. */
export function createApp(deps: Deps, handlers: Handlers): Hono<AppEnv> {
  // For who signs in or comes with a cookie: partners' keys and people's tokens are judged without it.
  const auth = whenNeeded(() => createAuth(deps));
  const app = createShell(deps, {
    contract,
    handlers,
    judge: createJudge(deps, { api: { getSession: (input) => auth().api.getSession(input) } }),
  });
  app.all("/auth/*", async (c) => mutable(await problemOfAuth(await auth().handler(c.req.raw), c.get("requestId"))));
  app.get("/problems", (c) => explainProblems(c.req.raw));
  app.get("/problems/:code", (c) => explainProblem(c.req.param("code"), c.req.raw) ?? c.notFound());
  const own = {
    publicUrl: deps.config.publicUrl,
    ask: async (request: Request) => app.fetch(request),
    sleep: deps.sleep,
    randomText: () => randomText(deps),
    totalOf: (price: Price) => totalAt(price, deps),
  };
  app.route("/", createSite(own, pages));
  return app;
}

/** What a period at a price costs today, with VAT. */
function totalAt({ amountRials, taxBehavior }: Price, { wall }: Pick<Deps, "wall">): number {
  return taxBehavior === "inclusive" ? amountRials : vatExclusive(amountRials, vatRateAt(billingMs(wall()))).gross;
}

/** A redirect's headers cannot be added to, and every answer gets some. */
function mutable(response: Response): Response {
  return new Response(response.body, response);
}
