// Encryption at rest for signatures and personal data: AES-256-GCM under a key of its own, named by an id, so that keys
// rotate without making anything unreadable. A sealed text is bound to the record it belongs to.

/** `keyId.iv.ciphertext`, the last two in base64url. */
export type Sealed = string & { readonly sealed: unique symbol };

export interface Sealer {
  /** Of the keys that open; the first one seals. */
  readonly keyIds: readonly [string, ...string[]];
  /** Seals text for one record; `record` (its id) must be given again to open it. */
  seal(plaintext: string, record: string): Promise<Sealed>;
  /** Throws when the key is unknown, the text was altered, or it belongs to another record. */
  open(sealed: Sealed, record: string): Promise<string>;
}

/** Keys as configured: `k2:<base64 of 32 bytes>,k1:…`; the first seals, all of them open. */
export function createSealer(keyList: string, random: (byteCount: number) => Uint8Array): Sealer {
  const entries = keyList.split(",").map(parseKey);
  const keys = new Map(entries);
  if (keys.size < entries.length) throw new Error("Two sealing keys have the same id");
  const [currentKeyId = "", ...oldKeyIds] = keys.keys();
  const imported = new Map<string, CryptoKey>();
  /** Imported once: that takes as long as what is done with it. */
  const keyNamed = async (id: string) => {
    const key = imported.get(id) ?? (await importKey(keys, id));
    imported.set(id, key);
    return key;
  };
  return {
    keyIds: [currentKeyId, ...oldKeyIds],
    async seal(plaintext, record) {
      const iv = random(12);
      const key = await keyNamed(currentKeyId);
      const parameters = { name: "AES-GCM", iv, additionalData: bytesOf(record) };
      const ciphertext = await crypto.subtle.encrypt(parameters, key, bytesOf(plaintext));
      return sealedText(`${currentKeyId}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(ciphertext))}`);
    },
    async open(sealed, record) {
      const [keyId = "", iv = "", ciphertext = ""] = sealed.split(".");
      const key = await keyNamed(keyId);
      const parameters = { name: "AES-GCM", iv: fromBase64Url(iv), additionalData: bytesOf(record) };
      return new TextDecoder().decode(await crypto.subtle.decrypt(parameters, key, fromBase64Url(ciphertext)));
    },
  };
}

/** Under which key a text was sealed. */
export function keyIdOf(sealed: Sealed): string {
  return sealed.slice(0, sealed.indexOf("."));
}

/** Reads a column as sealed text; the only cast to `Sealed`. */
export function sealedText(text: string): Sealed {
  return text as Sealed;
}

function parseKey(entry: string): [id: string, raw: Uint8Array<ArrayBuffer>] {
  const [id, base64] = entry.trim().split(":");
  if (!id || !base64 || !/^[A-Za-z0-9_-]+$/.test(id)) throw new Error("SEALING_KEYS must be `keyId:base64,…`");
  const raw = fromBase64Url(base64);
  if (raw.length !== 32) throw new Error(`Sealing key ${id} must be 32 bytes`);
  return [id, raw];
}

function importKey(keys: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, id: string): Promise<CryptoKey> {
  const raw = keys.get(id);
  if (!raw) throw new Error(`No sealing key is named ${id}`);
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
