declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    DOCUMENTS: R2Bucket;
    MIGRATIONS: import("@cloudflare/vitest-plugin").D1Migration[];
  }
}
