// The server's sealer without a thread pool: the same AES-256-GCM and the same text, in one synchronous step.
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { sealedText, type Sealer } from "../../server/store/sealer.ts";

const key = createSecretKey(Buffer.from("0123456789abcdef0123456789abcdef"));
const tagBytes = 16;

export function synchronousSealer(random: (byteCount: number) => Uint8Array): Sealer {
  return {
    keyIds: ["k1"],
    async seal(plaintext, record) {
      const iv = Buffer.from(random(12));
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(record));
      const text = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return sealedText(`k1.${iv.toString("base64url")}.${text.toString("base64url")}`);
    },
    async open(sealed, record) {
      const [, iv = "", text = ""] = sealed.split(".");
      const bytes = Buffer.from(text, "base64url");
      const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url")).setAAD(Buffer.from(record));
      cipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([cipher.update(bytes.subarray(0, -tagBytes)), cipher.final()]).toString("utf8");
    },
  };
}
