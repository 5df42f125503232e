// Secrets of customers who were copied: each sealed for its own row, as no copy of a sealed text can be.
import type { Sealer } from "../../server/store/sealer.ts";
import { sealedText } from "../../server/store/sealer.ts";

interface Row {
  readonly id: string;
  readonly sealed: string;
}

const rowsAtOnce = 100;

/** Every secret is what the one that the copies were made of is, which alone can be opened. */
export async function reseal(db: D1Database, sealer: Sealer): Promise<void> {
  const { results } = await db.prepare("SELECT id, sealed FROM secret ORDER BY id").all<Row>();
  const opened = new Map<string, string>();
  for (const { id, sealed } of results) {
    if (opened.has(sealed)) continue;
    const text = await sealer.open(sealedText(sealed), id).catch(() => null);
    if (text !== null) opened.set(sealed, text);
  }
  for (let first = 0; first < results.length; first += rowsAtOnce) {
    const rows = results.slice(first, first + rowsAtOnce);
    await db.batch(
      await Promise.all(
        rows.map(async ({ id, sealed }) =>
          db
            .prepare("UPDATE secret SET sealed = ? WHERE id = ?")
            .bind(await sealer.seal(opened.get(sealed) ?? "", id), id),
        ),
      ),
    );
  }
}
