// `crypto.subtle` in one step each: the same answers, computed by `node:crypto` before the call returns, where the real
// one hands them to a pool of threads that finishes in whatever order. Only what the server and Better Auth use is here;
// anything else is refused.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createSecretKey,
  hash,
  hkdfSync,
  KeyObject,
  pbkdf2Sync,
  sign,
  timingSafeEqual,
  type webcrypto,
} from "node:crypto";

type Bytes = ArrayBuffer | NodeJS.ArrayBufferView;
type Named = string | { readonly name: string };

interface CipherParameters {
  readonly name: string;
  readonly iv: Bytes;
  readonly additionalData?: Bytes;
  /** In bits. */
  readonly tagLength?: number;
}

interface DeriveParameters {
  readonly name: string;
  readonly hash: Named;
  readonly salt: Bytes;
  readonly info?: Bytes;
  readonly iterations?: number;
}

const hashes: Readonly<Record<string, string>> = {
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/** What the keys hold that were imported here. */
const secrets = new WeakMap<webcrypto.CryptoKey, KeyObject>();

/** Keys cannot be changed: who imports the same bytes for the same use again is given the same key. */
const imported = new Map<string, webcrypto.CryptoKey>();
const mostImported = 1_000;

function secretOf(key: webcrypto.CryptoKey): KeyObject {
  return secrets.get(key) ?? KeyObject.from(key);
}

const used = {
  async digest(algorithm: Named, data: Bytes): Promise<ArrayBuffer> {
    return bufferOf(hash(hashOf(algorithm), bytesOf(data), "buffer"));
  },

  async importKey(
    format: string,
    data: Bytes,
    algorithm: webcrypto.AlgorithmIdentifier | webcrypto.HmacImportParams,
    extractable: boolean,
    usages: readonly webcrypto.KeyUsage[],
  ): Promise<webcrypto.CryptoKey> {
    if (format !== "raw" && format !== "pkcs8") throw notImitated(`importKey of ${format}`);
    const bytes = bytesOf(data);
    const name = JSON.stringify([bytes.toString("base64"), algorithm, extractable, usages]);
    const known = imported.get(name);
    if (known) return known;
    const secret =
      format === "raw" ? createSecretKey(bytes) : createPrivateKey({ key: bytes, format: "der", type: format });
    const key = secret.toCryptoKey(algorithm, extractable, usages);
    secrets.set(key, secret);
    if (imported.size < mostImported) imported.set(name, key);
    return key;
  },

  async sign(algorithm: Named, key: webcrypto.CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    return bufferOf(signatureOf(algorithm, key, data));
  },

  async verify(algorithm: Named, key: webcrypto.CryptoKey, signature: Bytes, data: Bytes): Promise<boolean> {
    const [expected, given] = [signatureOf(algorithm, key, data), bytesOf(signature)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  },

  async encrypt(parameters: CipherParameters, key: webcrypto.CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    const { secret, iv, additional, tagBytes, bits } = cipherOf(parameters, key);
    if (parameters.name === "AES-CBC") {
      const cipher = createCipheriv(`aes-${bits}-cbc`, secret, iv);
      return bufferOf(Buffer.concat([cipher.update(bytesOf(data)), cipher.final()]));
    }
    const cipher = createCipheriv(gcmOf(bits), secret, iv, { authTagLength: tagBytes }).setAAD(additional);
    return bufferOf(Buffer.concat([cipher.update(bytesOf(data)), cipher.final(), cipher.getAuthTag()]));
  },

  async decrypt(parameters: CipherParameters, key: webcrypto.CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    const { secret, iv, additional, tagBytes, bits } = cipherOf(parameters, key);
    const bytes = bytesOf(data);
    return genuine(() => {
      if (parameters.name === "AES-CBC") {
        const cipher = createDecipheriv(`aes-${bits}-cbc`, secret, iv);
        return Buffer.concat([cipher.update(bytes), cipher.final()]);
      }
      const cipher = createDecipheriv(gcmOf(bits), secret, iv, { authTagLength: tagBytes }).setAAD(additional);
      cipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([cipher.update(bytes.subarray(0, -tagBytes)), cipher.final()]);
    });
  },

  async deriveBits(parameters: DeriveParameters, key: webcrypto.CryptoKey, bits: number): Promise<ArrayBuffer> {
    const { name, salt, info = new ArrayBuffer(0), iterations = 0 } = parameters;
    const digest = hashOf(parameters.hash);
    const secret = secretOf(key);
    if (name === "HKDF") return hkdfSync(digest, secret, bytesOf(salt), bytesOf(info), bits / 8);
    if (name === "PBKDF2") return bufferOf(pbkdf2Sync(secret.export(), bytesOf(salt), iterations, bits / 8, digest));
    throw notImitated(`deriveBits of ${name}`);
  },
};

/** Rejects whatever is not here, by its name. */
export const synchronousSubtle: object = new Proxy(used, {
  get: (methods, name) =>
    Reflect.get(methods, name) ?? (async () => Promise.reject(notImitated(typeof name === "string" ? name : "that"))),
});

function notImitated(what: string): Error {
  return new Error(`No history may use crypto.subtle's ${what}: nobody has made it synchronous yet`);
}

function hashOf(algorithm: Named): string {
  const name = typeof algorithm === "string" ? algorithm : algorithm.name;
  const known = hashes[name];
  if (known === undefined) throw notImitated(name);
  return known;
}

function signatureOf(algorithm: Named, key: webcrypto.CryptoKey, data: Bytes): Buffer {
  const name = typeof algorithm === "string" ? algorithm : algorithm.name;
  if (name === "Ed25519") return sign(null, bytesOf(data), secretOf(key));
  if (name !== "HMAC" || !("hash" in key.algorithm)) throw notImitated(`signature by ${name}`);
  return createHmac(hashOf(key.algorithm.hash as Named), secretOf(key))
    .update(bytesOf(data))
    .digest();
}

function cipherOf({ name, iv, additionalData, tagLength = 128 }: CipherParameters, key: webcrypto.CryptoKey) {
  if (name !== "AES-GCM" && name !== "AES-CBC") throw notImitated(name);
  const secret = secretOf(key);
  return {
    secret,
    iv: bytesOf(iv),
    additional: bytesOf(additionalData ?? new ArrayBuffer(0)),
    tagBytes: tagLength / 8,
    bits: (secret.symmetricKeySize ?? 0) * 8,
  };
}

function gcmOf(bits: number): "aes-128-gcm" | "aes-256-gcm" {
  if (bits !== 128 && bits !== 256) throw notImitated(`AES-GCM with ${bits} bits`);
  return `aes-${bits}-gcm`;
}

/** WebCrypto tells nobody why a text does not open. */
function genuine(open: () => Buffer): ArrayBuffer {
  try {
    return bufferOf(open());
  } catch {
    throw new DOMException("The operation failed for an operation-specific reason", "OperationError");
  }
}

function bytesOf(data: Bytes): Buffer {
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** A buffer of its own, and no part of Node's pool. */
function bufferOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
