// The Worker: requests, the minute's cron, the queue. Wiring only, made once per isolate.
import { createApp } from "./app.ts";
import { depsOf, type Deps, type DueMessage, type Env } from "./deps.ts";
import { runJobs } from "./job/index.ts";
import { consumeDue } from "./job/tick.ts";
import { handlers } from "./router.ts";

interface Wired {
  readonly deps: Deps;
  readonly app: ReturnType<typeof createApp>;
}

let wired: Wired | undefined;

function wire(env: Env): Wired {
  if (!wired) {
    const deps = depsOf(env);
    wired = { deps, app: createApp(deps, handlers) };
  }
  return wired;
}

export default {
  fetch: (request, env) => wire(env).app.fetch(request),
  scheduled: (_controller, env) => runJobs(wire(env).deps),
  queue: (batch, env) => consumeDue(wire(env).deps, batch),
} satisfies ExportedHandler<Env, DueMessage>;
