// Somebody at a screen, in a real browser: what they press and follow, and what must hold of every page they see.
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { newPerson } from "../../scripts/demo/person.ts";
import type { Addresses } from "../../scripts/local/running.ts";
import { textsIn } from "../../server/text/languages.ts";
import { contextOf, lookAt, watch, type Reader } from "../support/chromium.ts";

export type Visitor = Awaited<ReturnType<typeof aVisitor>>;

/** Where somebody goes. */
interface Way {
  readonly browser: Browser;
  readonly at: Pick<Addresses, "api" | "simulator">;
}

export async function aVisitor({ browser, at }: Way, reader: Reader) {
  const context = await contextOf(browser, reader);
  const page = await context.newPage();
  const { troubles, hosts } = watch(page);
  const texts = textsIn(reader.language);
  const go = (path: string) => page.goto(`${at.api}${path}`);
  const press = async (name: string) => {
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
  };
  const follow = async (name: string) => {
    await Promise.all([
      page.waitForEvent("load"),
      page.getByRole("main").getByRole("link", { name, exact: true }).click(),
    ]);
  };
  const own = [at.api, at.simulator].map((url) => new URL(url).host);
  return {
    page,
    texts,
    words: texts.site,
    go,
    press,
    follow,
    seen: (name?: string) => lookAt(page, reader, name),
    person: newPerson(),
    title: () => page.locator("h1").textContent(),
    /** The browser complained of nothing, but for what was meant to happen, and went to nobody else's server. */
    nothingWasWrong: (meant?: RegExp) => {
      expect(troubles.filter((trouble) => !meant?.test(trouble))).toEqual([]);
      expect([...hosts].filter((host) => !own.includes(host))).toEqual([]);
    },
  };
}
