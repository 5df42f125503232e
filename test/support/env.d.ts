declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    MIGRATIONS: import("@cloudflare/vitest-plugin").D1Migration[];
  }
}
