// Reading sealed rows back: secrets and persons. Whoever opens one keeps it in memory only.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { PersonId, SecretId } from "../../contract/common/id.ts";
import { compiledBatch } from "./compiled.ts";
import type { Sealed } from "./sealer.ts";
import { person, secret } from "./schema.ts";

/** The sealed text of a secret; throws when there is none, since events name only secrets that were stored with them. */
export async function loadSecret(db: D1Database, id: SecretId): Promise<Sealed> {
  const [[row]] = await findSecret(db, { id });
  if (!row) throw new Error(`${id} is not stored`);
  return row.sealed;
}

const findSecret = compiledBatch(
  (orm) =>
    [
      orm
        .select({ sealed: secret.sealed })
        .from(secret)
        .where(eq(secret.id, sql.placeholder("id"))),
    ] as const,
);

/** The sealed text of a person record; null once the person was erased. */
export async function loadPerson(db: D1Database, id: PersonId): Promise<Sealed | null> {
  const [row] = await drizzle(db).select({ sealed: person.sealed }).from(person).where(eq(person.id, id));
  return row?.sealed ?? null;
}
