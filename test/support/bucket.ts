// A bucket that is there as long as its test.
import type { DocumentBucket } from "../../server/store/documents.ts";

export function bucketInMemory(): DocumentBucket {
  const kept = new Map<string, string>();
  return {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, text) => void kept.set(key, text),
    delete: async (key) => void kept.delete(key),
  };
}
