// Measures inside workerd, where D1 gives its account; `npm run cost` asks.
import { costs } from "./costs.ts";
import { liveAYear } from "./year.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/year") return Response.json(await liveAYear());
    if (pathname === "/costs") return Response.json(await costs(searchParams.get("from") ?? ""));
    return new Response(null, { status: 404 });
  },
};
