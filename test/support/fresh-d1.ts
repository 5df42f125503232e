// Gives each test file an empty storage and a database of its own: files of one worker share what they import, and no row.
import { applyD1Migrations, env, reset } from "cloudflare:test";

await reset();
await applyD1Migrations(env.DB, env.MIGRATIONS);
