// The settings of a deployment that nobody has deployed, for tests of what reads them.
import { exampleSeller } from "../../scripts/local/seller.ts";

export const exampleSettings = {
  ENVIRONMENT: "test",
  PUBLIC_URL: "https://sarresid.test",
  BETTER_AUTH_SECRET: "a secret of at least thirty-two bytes",
  SEALING_KEYS: `k1:${btoa("0123456789abcdef0123456789abcdef")}`,
  AUDIT_SIGNING_KEYS: `a1:${btoa("0123456789abcdef0123456789abcdef")}`,
  ZARINPAL_MERCHANT_ID: "11111111-2222-4333-8444-555555555555",
  ZARINPAL_PAYMENT_URL: "https://gateway.test",
  ZARINPAL_PAYMAN_URL: "https://gateway.test",
  ZARINPAL_SIGNING_URL: "https://gateway.test",
  MESSENGER_URL: "https://messenger.test",
  MESSENGER_TOKEN: "m",
  ...exampleSeller,
};
