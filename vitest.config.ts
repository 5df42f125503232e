// Four projects: rules in plain Node, in milliseconds; stories and the store in workerd with real D1; the store again, and
// the long stories, crashes and the simulation that stand on it, over SQLite in plain Node; and, when those are through, the whole system
// as its users meet it.
import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { keepSeen } from "./test/support/keep-seen.ts";
import { LongestFirst } from "./test/support/longest-first.ts";

const workerd = cloudflareTest(async () => ({
  wrangler: { configPath: "./test/support/wrangler.toml" },
  miniflare: {
    bindings: { MIGRATIONS: await readD1Migrations("./migrations") },
    outboundService: () => new Response("Nothing leaves this machine", { status: 599 }),
    serviceBindings: {
      SEEN: async (request: Request) => {
        keepSeen(await request.text());
        return new Response(null, { status: 204 });
      },
    },
  },
}));

const inWorkerd = "test/crash/in-workerd.test.ts";

export default defineConfig({
  test: {
    reporters: ["default"],
    // By itself vitest leaves one core to whoever watches.
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "pure",
          // Beside others a property over a thousand cases takes several times what it takes alone.
          testTimeout: 60_000,
          include: ["test/{billing,contract,model,webhook,zarinpal,tidy}/**/*.test.ts", "test/sabotage/list.test.ts"],
          environment: "node",
          // Rules keep nothing between tests, so their files may share what they import: half the time.
          isolate: false,
          pool: "threads",
        },
      },
      {
        plugins: [workerd],
        test: {
          name: "worker",
          include: ["test/{http,store,scenario}/**/*.test.ts", inWorkerd],
          setupFiles: ["./test/support/fresh-d1.ts", "./test/support/tell-seen.ts"],
          // Files share what they import, as requests share an isolate: to compile the server for each took seconds. What
          // they keep is a file's own: `fresh-d1.ts` empties the storage before each.
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias: { "cloudflare:workers": join(import.meta.dirname, "test/support/workers-in-node.ts") } },
        test: {
          name: "sqlite",
          include: ["test/{store,months,simulation,crash,fuzz,cost,bench,pages}/**/*.test.ts"],
          exclude: [inWorkerd],
          setupFiles: ["./test/support/fresh-sqlite.ts", "./test/support/tell-seen.ts"],
          environment: "node",
          isolate: false,
          pool: "threads",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts", "test/sabotage/caught.test.ts"],
          environment: "node",
          globalSetup: ["./test/system/share-system.ts"],
          // Whoever waits for a bank keeps nobody from going on.
          maxConcurrency: 10,
          sequence: { groupOrder: 1 },
          // They wait a good deal, for what they started and for a browser; two at a time left a core idle.
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
