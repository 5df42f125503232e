// Stands for `cloudflare:workers` where the store's tests and the long stories run in plain Node: the same `env`, whose database
// `fresh-sqlite.ts` opens anew for each test file.
import { keepSeen } from "./keep-seen.ts";
import { openSqlite, sqliteD1 } from "./sqlite-d1.ts";

const kept = new Map<string, string>();

/** What the server uses of R2. */
const documents = {
  get: async (key: string) => {
    const text = kept.get(key);
    if (text === undefined) return null;
    return { arrayBuffer: async () => new TextEncoder().encode(text).buffer, text: async () => text };
  },
  list: async () => ({ objects: [...kept.keys()].map((key) => ({ key })) }),
  put: async (key: string, text: string) => void kept.set(key, text),
  delete: async (keys: readonly string[]) => keys.forEach((key) => kept.delete(key)),
};

const seen = { fetch: async (_: string, { body }: { readonly body: string }) => keepSeen(body) };

export const env = { DB: sqliteD1(openSqlite([])), DOCUMENTS: documents, SEEN: seen };
