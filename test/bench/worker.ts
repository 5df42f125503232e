// Runs what `npm run bench` times, inside workerd. Its clock stands still between two answers of a database, so that each
// stretch of work is put between two of them.
import { endpoints } from "./endpoints.ts";
import { mounts } from "./mounts.ts";
import { renewals } from "./renewals.ts";

type Bench = (search: URLSearchParams) => Promise<object>;

const benches: Readonly<Record<string, Bench>> = { "/mount": mounts, "/endpoint": endpoints, "/renewals": renewals };

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const bench = benches[pathname];
    if (!bench) return new Response(null, { status: 404 });
    return Response.json(await bench(searchParams));
  },
};
