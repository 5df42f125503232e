// Gives each test file an empty storage and a database of its own: files of one worker share what they import, and no row.
import { applyD1Migrations, env, reset } from "cloudflare:test";

// Only what is awake is reset.
await env.DB.prepare("SELECT 1").run();
await env.DOCUMENTS.list();
await reset();
await applyD1Migrations(env.DB, env.MIGRATIONS);

const kept = await env.DB.prepare("SELECT COUNT(*) AS n FROM billing_event").first("n");
const { objects } = await env.DOCUMENTS.list();
if (kept !== 0 || objects.length > 0) throw new Error("What the file before has written is still there");
