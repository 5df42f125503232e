// Partners' keys as the contract shows them.
import type { PartnerKey } from "../../contract/partner-key.ts";
import { instant, instantOrNull, type WallMs } from "../billing/clock.ts";
import { isGood, type StoredKey } from "../store/partner-keys.ts";

export function presentKey(key: StoredKey, now: WallMs): PartnerKey {
  const { createdAt, expiresAt, revokedAt, lastUsedAt, ...shown } = key;
  return {
    ...shown,
    status: revokedAt !== null ? "revoked" : isGood(key, now) ? "active" : "expired",
    createdAt: instant(createdAt),
    expiresAt: instantOrNull(expiresAt),
    revokedAt: instantOrNull(revokedAt),
    lastUsedAt: instantOrNull(lastUsedAt),
  };
}
