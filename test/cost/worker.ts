// Measures inside workerd, where D1 gives its account; `npm run cost` asks.
import { costs } from "./costs.ts";
import { liveAYear } from "./year.ts";

/** Reads every row there is, some more than once: beyond what a D1 of this size does in its half a minute. */
const without = ["invariants.list"];

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/year") return Response.json(await liveAYear());
    if (pathname === "/costs") return Response.json(await costs(searchParams.get("from") ?? "", { without }));
    return new Response(null, { status: 404 });
  },
};
