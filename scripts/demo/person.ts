// A person at the door: signs up, follows the link in the mail, signs in, proves a mobile number by its code.
import { randomBytes, randomInt } from "node:crypto";
import { Mails } from "../local/mailbox.ts";
import { withCode } from "../local/totp.ts";
import { until } from "./client.ts";
import { expect, Stop } from "./stop.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

const mailWithinMs = 10_000;

/** Somebody new, whom no run has used before. */
export function newPerson(): Credentials & { readonly mobile: string } {
  return {
    email: `sara.${randomBytes(4).toString("hex")}@example.com`,
    password: randomBytes(12).toString("base64url"),
    mobile: `0912${String(randomInt(10_000_000)).padStart(7, "0")}`,
  };
}

/** Signs up and opens the link in the mail. */
export async function signUp(api: string, mailbox: string, { email, password }: Credentials): Promise<void> {
  await post(api, "/auth/sign-up/email", { name: "Sara", email, password });
  const link = await textIn(mailbox, email, /^https?:\/\/\S+$/m);
  const proved = await fetch(link, { redirect: "manual" });
  await proved.body?.cancel();
  expect(proved.status < 400, `The link that proves an address answered ${proved.status}.`);
}

/** Signs in; answers the bearer token. */
export async function signIn(api: string, { email, password }: Credentials): Promise<string> {
  const response = await post(api, "/auth/sign-in/email", { email, password });
  const token = response.headers.get("set-auth-token");
  expect(token !== null, "Signing in gave no token.");
  return token;
}

/** Signs an operator of this machine in, with a code. */
export async function signInOperator(api: string, operator: Credentials & { readonly totpSecret: string }) {
  const { email, password, totpSecret } = operator;
  const token = await withCode(totpSecret, async (code) => {
    const headers = { "content-type": "application/json", origin: api };
    const body = JSON.stringify({ email, password, code });
    const response = await fetch(`${api}/auth/sign-in/email`, { method: "POST", headers, body });
    await response.body?.cancel();
    expect(response.ok || response.status === 401, `Signing in as an operator answered ${response.status}.`);
    return response.headers.get("set-auth-token");
  });
  expect(token !== null, "Signing in as an operator gave no token.");
  return token;
}

/** Proves a mobile number by the code that was sent to it. */
export async function proveMobile(api: string, mailbox: string, who: { token: string; mobile: string }) {
  const phoneNumber = who.mobile;
  await post(api, "/auth/phone-number/send-otp", { phoneNumber }, who.token);
  const code = await textIn(mailbox, phoneNumber, /^\d{6}$/m);
  await post(api, "/auth/phone-number/verify", { phoneNumber, code }, who.token);
}

async function post(api: string, path: string, body: object, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { "content-type": "application/json", origin: api, ...authorization };
  const response = await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Stop(`POST ${path} answered ${response.status}: ${text}`);
  return response;
}

/** The first thing of this shape in the newest message to somebody. */
export async function textIn(mailbox: string, to: string, shape: RegExp): Promise<string> {
  const newest = async () => {
    const url = `${mailbox}?format=json&to=${encodeURIComponent(to)}`;
    const [mail] = Mails.parse(await (await fetch(url)).json());
    return mail ? (shape.exec(mail.text)?.[0] ?? null) : null;
  };
  return until(newest, mailWithinMs, `No message to ${to} arrived in the mailbox.`);
}
