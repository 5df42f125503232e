// Every page of ours in a real browser, on a phone and at a desk, in both languages, light and dark. The pages are those of
// the site itself, so that a new one is looked at the day it is there. The application answers in this process; its users'
// ways from page to page are walked in `test/system/pages.test.ts`.
import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { pages } from "../../server/page/pages.ts";
import { aBrowser } from "../support/browser.ts";
import { hasBrowser, launch, lookAt, lookNarrow, lookRefused, type Reader } from "../support/chromium.ts";
import { publicUrl } from "../support/world.ts";
import { aLivedInWorld, type LivedIn } from "./lived-in.ts";
import { elsewhere, leadingOn, otherPlaces, usualPlace, type Place } from "./places.ts";
import { aTab } from "./tab.ts";

let lived: LivedIn;

/** What the application answers at a place. */
function answerAt({ who, address, form }: Place, { language }: Reader): Promise<Response> {
  const browser = aBrowser(lived.world, who, language);
  return form ? browser.sent(address, form) : browser.shown(address);
}

beforeAll(async () => {
  lived = await aLivedInWorld();
});

describe.skipIf(!hasBrowser)("in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
    return () => browser.close();
  });

  const readers: readonly Reader[] = [
    { size: "phone", language: "fa", scheme: "dark" },
    { size: "desktop", language: "en", scheme: "light" },
  ];

  describe.each(readers)("on a $size in $language, $scheme", (reader) => {
    let tab: Awaited<ReturnType<typeof aTab>>;

    beforeAll(async () => {
      tab = await aTab(browser, reader);
    });

    async function looked(place: Place): Promise<void> {
      const { status = 200, address } = place;
      const response = await answerAt(place, reader);
      expect([address, response.status]).toEqual([address, status]);
      await tab.show(address, response);
      await lookAt(tab.page, reader);
      if (reader.size === "desktop") await lookNarrow(tab.page);
      if (place.form && status >= 400) await lookRefused(tab.page);
      // A browser notes by itself that a form was refused.
      const troubles = tab.troubles
        .splice(0)
        .filter((trouble) => status < 400 || !trouble.includes(`status of ${status}`));
      expect(troubles).toEqual([]);
      expect([...tab.hosts]).toEqual([new URL(publicUrl).host]);
    }

    const shown = pages.filter(({ path }) => !leadingOn.includes(path));

    it.each(shown)("$path", async (page) => {
      await looked(usualPlace(page, lived));
      // What differs from state to state is words; they are looked at where there is least room for them.
      if (reader.size === "phone") for (const place of otherPlaces(page, lived)) await looked(place);
    });

    it("what is no page of the site", async () => {
      for (const place of elsewhere(lived)) await looked(place);
    });
  });
});

it.each(leadingOn)("%s only leads on", async (path) => {
  const page = pages.find((each) => each.path === path);
  expect(page?.path).toBe(path);
  expect((await answerAt({ who: null, address: path }, { size: "phone", language: "en" })).status).toBe(303);
});
