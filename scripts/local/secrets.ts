// The secrets of a local system: drawn once, kept in one file that only its owner can read.
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { base32 } from "@better-auth/utils/base32";
import * as z from "zod";

const Secrets = z.object({
  operatorPassword: z.string().min(10),
  /** Base32; what an authenticator is given. */
  operatorTotpSecret: z.string().min(32),
  authSecret: z.string().min(32),
  sealingKeys: z.string(),
  auditSigningKeys: z.string(),
  messengerToken: z.string(),
  partnerKey: z.string(),
  merchantId: z.uuid(),
});

export type Secrets = z.infer<typeof Secrets>;

export const operatorEmail = "operator@sarresid.local";

/** The secrets of the system in a folder; those that it has not are drawn now. */
export function secretsIn(folder: string): Secrets {
  const file = join(folder, "secrets.json");
  const kept: object = existsSync(file) ? z.looseObject({}).parse(JSON.parse(readFileSync(file, "utf8"))) : {};
  const secrets = Secrets.parse({ ...drawn(), ...kept });
  if (Object.keys(secrets).every((name) => name in kept)) return secrets;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

function drawn(): Secrets {
  return {
    operatorPassword: randomBytes(15).toString("base64url"),
    operatorTotpSecret: base32.encode(randomBytes(20), { padding: false }),
    authSecret: randomBytes(32).toString("base64url"),
    sealingKeys: `k1:${randomBytes(32).toString("base64")}`,
    auditSigningKeys: `a1:${randomBytes(32).toString("base64")}`,
    messengerToken: randomBytes(24).toString("base64url"),
    partnerKey: `srd_test_${randomBytes(32).toString("base64url")}`,
    merchantId: randomUUID(),
  };
}
