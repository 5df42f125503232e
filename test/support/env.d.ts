declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    DB_2: D1Database;
    DB_3: D1Database;
    DOCUMENTS: R2Bucket;
    /** Takes the answers that a test file saw, a line each. */
    SEEN: Fetcher;
    MIGRATIONS: import("@cloudflare/vitest-plugin").D1Migration[];
  }
}
