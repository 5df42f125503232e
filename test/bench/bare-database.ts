// The second database of the bench, which the tests' own environment does not know.
import { env } from "cloudflare:workers";

/** Safe: `test/bench/wrangler.toml` binds it. */
export function bareDatabase(): D1Database {
  const bindings: object = env;
  return (bindings as { readonly BARE: D1Database }).BARE;
}
