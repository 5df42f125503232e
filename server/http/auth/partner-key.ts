// Partners' keys: made once, shown once, kept only as a hash, found by it. `srd_live_…` works in production alone,
// `srd_test_…` everywhere else.
import type { KeyEnvironment } from "../../../contract/billing-event-types/partner.ts";
import type { PartnerId, PartnerKeyId } from "../../../contract/common/id.ts";
import type { PartnerScope } from "../../../contract/common/policy.ts";
import { after, type WallMs } from "../../billing/clock.ts";
import { idsOf } from "../../billing/ids.ts";
import type { Deps } from "../../deps.ts";
import type { Premise } from "../../store/premise.ts";
import {
  endPartnerKey,
  insertPartnerKey,
  lastUseWithinMs,
  partnerBucket,
  partnerKeyStands,
  readPartnerKeyGrant,
  type PartnerKeyGrant,
} from "../../store/people.ts";
import type { Memory } from "./memory.ts";

const keyByteCount = 32;
const keyShape = /^srd_(live|test)_[A-Za-z0-9_-]{43}$/;

export interface NewPartnerKey {
  readonly partnerId: PartnerId;
  readonly scopes: readonly PartnerScope[];
  /** When the key ends by itself; null for never. */
  readonly expiresAt: WallMs | null;
}

/** Whether a bearer token claims to be a partner's key rather than a session. */
export function isPartnerKey(bearerToken: string): boolean {
  return bearerToken.startsWith("srd_");
}

/** Makes a key of this deployment's environment. `key` is in no table and can never be shown again. */
export async function createPartnerKey(
  deps: Deps,
  wanted: NewPartnerKey,
): Promise<{ readonly keyId: PartnerKeyId; readonly key: string }> {
  const key = newPartnerKeyText(deps);
  const keyId = await storePartnerKey(deps, key, wanted);
  return { keyId, key };
}

/** The text of a new key, as its partner alone will know it. */
export function newPartnerKeyText(deps: Deps): string {
  return `srd_${environmentOf(deps)}_${base64Url(deps.random(keyByteCount))}`;
}

/** Stores a key whose text exists already. Example: the same key on every start of a local system. */
export async function storePartnerKey(deps: Deps, key: string, wanted: NewPartnerKey): Promise<PartnerKeyId> {
  const environment = environmentOf(deps);
  if (!keyShape.test(key) || !key.startsWith(`srd_${environment}_`)) throw new Error(`Not a ${environment} key`);
  const createdAt = deps.wall();
  const keyId = idsOf(partnerBucket, createdAt, deps.random).next("key");
  const hash = await deps.sha256(key);
  await insertPartnerKey(deps.db, { ...wanted, keyId, hash, environment, createdAt });
  return keyId;
}

/** Ends a key now, for good. */
export async function revokePartnerKey(deps: Deps, keyId: PartnerKeyId): Promise<void> {
  await endPartnerKey(deps.db, keyId, deps.wall());
}

/** What a key proves, and on which premise when that was not asked just now. */
export interface ProvedKey {
  readonly grant: PartnerKeyGrant;
  readonly premise?: Premise;
}

/**
 * What a key proves; null when it is unknown, expired, revoked or of the other environment. Found by its hash, so that
 * the time it takes says nothing about a key that is nearly right. What the memory knows of it is a premise, not asked, until
 * it is time to note that it is used.
 */
export async function findPartnerKey(
  deps: Deps,
  bearerToken: string,
  memory?: Memory<PartnerKeyGrant>,
): Promise<ProvedKey | null> {
  const environment = environmentOf(deps);
  if (!keyShape.test(bearerToken) || !bearerToken.startsWith(`srd_${environment}_`)) return null;
  const hash = await deps.sha256(bearerToken);
  const at = deps.wall();
  const known = memory?.recall(hash, at);
  if (known) return { grant: known, premise: [partnerKeyStands({ hash, environment }, known, at)] };
  const found = await readPartnerKeyGrant(deps.db, { hash, environment, at });
  if (!found) return null;
  const { grant, notedAt } = found;
  memory?.keep(hash, grant, after(notedAt, lastUseWithinMs));
  return { grant };
}

/** Which keys are made here, and are good here. */
export function environmentOf(deps: Deps): KeyEnvironment {
  return deps.config.environment === "production" ? "live" : "test";
}

function base64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
