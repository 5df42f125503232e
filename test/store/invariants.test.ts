// The invariants: none names a healthy database, and each names the bug that it is there for.
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { checkInvariants } from "../../server/store/invariants.ts";
import { aLongStory } from "./long-story.ts";

beforeAll(async () => void (await aLongStory()));

it("hold after a long story", async () => {
  const checked = await checkInvariants(env.DB);
  expect(checked.filter(({ offenders }) => offenders.length > 0)).toEqual([]);
});
