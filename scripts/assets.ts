// Puts what pages are shown with beside them, so that none asks another host. Run before the Worker is served or
// deployed; the copies are not committed.
import { URL } from "node:url";
import { copyFile, mkdir } from "node:fs/promises";

interface Assets {
  readonly from: URL;
  readonly to: URL;
  readonly names: readonly string[];
}

const packages = new URL("../node_modules/", import.meta.url);
const pages = new URL("../public/", import.meta.url);
const assets: readonly Assets[] = [
  {
    from: new URL("swagger-ui-dist/", packages),
    to: new URL("docs/assets/", pages),
    names: ["swagger-ui-bundle.js", "swagger-ui.css"],
  },
  {
    from: new URL("@fontsource-variable/vazirmatn/files/", packages),
    to: new URL("fonts/", pages),
    names: ["vazirmatn-arabic-wght-normal.woff2", "vazirmatn-latin-wght-normal.woff2"],
  },
];

/** Copies the files over what is there. */
export async function copyAssets(): Promise<void> {
  for (const { from, to, names } of assets) {
    await mkdir(to, { recursive: true });
    await Promise.all(names.map((name) => copyFile(new URL(name, from), new URL(name, to))));
  }
}

if (import.meta.main) await copyAssets();
