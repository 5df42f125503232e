// The server's signer of the audit trail without a thread pool: Ed25519 in one synchronous step.
import { generateKeyPairSync, sign } from "node:crypto";
import type { AuditSigner } from "../../server/store/audit-signer.ts";

const { privateKey } = generateKeyPairSync("ed25519");

export function synchronousSigner(): AuditSigner {
  return {
    keyId: "a1",
    sign: async (text) => sign(null, Buffer.from(text), privateKey).toString("hex"),
    keys: () => Promise.reject(new Error("Nobody here asks for keys")),
  };
}
