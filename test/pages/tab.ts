// A tab of a browser that shows what the application answered in this process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { root } from "../../scripts/local/settings.ts";
import { contextOf, watch, type Reader } from "../support/chromium.ts";
import { publicUrl } from "../support/world.ts";

const fonts = join(root, "node_modules/@fontsource-variable/vazirmatn/files");

/** A tab that shows what it is given at the address that it stands at, with our fonts beside it. */
export async function aTab(browser: Browser, reader: Reader) {
  const page = await (await contextOf(browser, reader)).newPage();
  const watched = watch(page);
  let answer = new Response();
  await page.route("**/*", async (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (origin !== publicUrl) return route.abort();
    if (pathname.startsWith("/fonts/")) {
      const body = readFileSync(join(fonts, pathname.split("/").at(-1) ?? ""));
      return route.fulfill({ contentType: "font/woff2", body });
    }
    const { status, headers } = answer;
    await route.fulfill({ status, headers: Object.fromEntries(headers), body: await answer.text() });
  });
  const show = (address: string, response: Response) => {
    answer = response;
    return page.goto(`${publicUrl}${address}`);
  };
  return { page, ...watched, show };
}
