// What stands in the place of a person's name or number where it is looked for.
import type { personDigest } from "./schema.ts";

/** Lower-case hex, 64 digits, under a key that the database does not have. */
export type PersonDigest = Pick<typeof personDigest.$inferSelect, "kind" | "digest">;
