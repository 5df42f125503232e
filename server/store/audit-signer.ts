// Signs the audit trail: Ed25519 under a key that is named by an id, so that keys can change and old files still be
// verified. A signature is the same each time, so a file that is made again is, too.
import { hexOf } from "../billing/hex.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Heading, Manifest } from "./audit-manifest.ts";

/** A key that others verify with. */
export interface AuditKey {
  readonly keyId: string;
  /** The 32 bytes of RFC 8032 in hex. */
  readonly publicKey: string;
  /** Whether files are signed with it now; of the others only old ones are. */
  readonly isCurrent: boolean;
}

export interface AuditSigner {
  readonly keyId: Manifest["keyId"];
  /** The signature of UTF-8 text in hex. */
  readonly sign: (text: string) => Promise<string>;
  /** The current one first. */
  readonly keys: () => Promise<readonly AuditKey[]>;
}

/** What DER puts around the 32 bytes of a private key (RFC 8410): WebCrypto takes them in no other form. */
const pkcs8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/** Keys as configured: `a2:<base64 of 32 random bytes>,a1:…`; the first signs, all of them are told. */
export function createAuditSigner(keyList: string): AuditSigner {
  const keys = keyList.split(",").map(parseKey);
  const [current] = keys;
  if (!current) throw new Error("AUDIT_SIGNING_KEYS names no key");
  if (new Set(keys.map(({ keyId }) => keyId)).size < keys.length)
    throw new Error("Two keys of AUDIT_SIGNING_KEYS have the same id");
  return {
    keyId: current.keyId,
    sign: async (text) => {
      const key = await importKey(current.seed);
      return hexOf(new Uint8Array(await crypto.subtle.sign("Ed25519", key, new TextEncoder().encode(text))));
    },
    keys: () =>
      Promise.all(
        keys.map(async (key) => ({
          keyId: key.keyId,
          publicKey: await publicKeyOf(key.seed),
          isCurrent: key === current,
        })),
      ),
  };
}

interface SigningKey {
  readonly keyId: string;
  readonly seed: Uint8Array;
}

function parseKey(entry: string): SigningKey {
  const [keyId, base64] = entry.trim().split(":");
  if (!keyId || !base64 || !/^[A-Za-z0-9_-]{1,40}$/.test(keyId))
    throw new Error("AUDIT_SIGNING_KEYS must be `keyId:base64,…`");
  const seed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (seed.length !== 32) throw new Error(`The key ${keyId} of AUDIT_SIGNING_KEYS must be 32 bytes`);
  return { keyId, seed };
}

function importKey(seed: Uint8Array): Promise<CryptoKey> {
  // Extractable: its public half can be had in no other way.
  return crypto.subtle.importKey("pkcs8", new Uint8Array([...pkcs8, ...seed]), "Ed25519", true, ["sign"]);
}

async function publicKeyOf(seed: Uint8Array): Promise<string> {
  const exported = await crypto.subtle.exportKey("jwk", await importKey(seed));
  const x = "x" in exported && typeof exported.x === "string" ? exported.x : "";
  const binary = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
  return hexOf(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** Whether the manifest was signed with a key of ours, an old one included. */
export async function isOurs(signer: AuditSigner, { manifest, signature }: Heading): Promise<boolean> {
  const key = (await signer.keys()).find(({ keyId }) => keyId === manifest.keyId);
  if (!key) return false;
  const verifying = await crypto.subtle.importKey("raw", bytesIn(key.publicKey), "Ed25519", false, ["verify"]);
  const signed = new TextEncoder().encode(canonicalJson(manifest));
  return crypto.subtle.verify("Ed25519", verifying, bytesIn(signature), signed);
}

function bytesIn(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
