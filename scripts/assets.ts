// Puts what `/docs` is shown with beside it, so that the page asks no other host. Run before the Worker is served or
// deployed; the copies are not committed.
import { URL } from "node:url";
import { copyFile, mkdir } from "node:fs/promises";

const from = new URL("../node_modules/swagger-ui-dist/", import.meta.url);
const to = new URL("../public/docs/assets/", import.meta.url);
const names = ["swagger-ui-bundle.js", "swagger-ui.css"];

/** Copies the files over what is there. */
export async function copyAssets(): Promise<void> {
  await mkdir(to, { recursive: true });
  await Promise.all(names.map((name) => copyFile(new URL(name, from), new URL(name, to))));
}

if (import.meta.main) await copyAssets();
