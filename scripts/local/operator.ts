// An operator at the command line: which system is meant, and a session there.
import { runningOn } from "./running.ts";
import { localSettings, SettingError } from "./settings.ts";
import { withCode } from "./totp.ts";

export interface Target {
  readonly api: string;
  readonly email: string;
  readonly password: string;
  /** Of an operator of this machine. */
  readonly totpSecret?: string;
  /** Of one elsewhere: what their authenticator shows now. */
  readonly code?: string;
}

/** What a command's help says of it. */
export const targetHelp =
  "Elsewhere than on this machine: SARRESID_API, SARRESID_OPERATOR_EMAIL, SARRESID_OPERATOR_PASSWORD and SARRESID_OPERATOR_CODE.";

/** The system that the environment names, else the one that runs on this machine. */
export async function findTarget(env: NodeJS.ProcessEnv): Promise<Target> {
  const { SARRESID_API: api, SARRESID_OPERATOR_EMAIL: email, SARRESID_OPERATOR_PASSWORD: password } = env;
  const code = env["SARRESID_OPERATOR_CODE"];
  if (api && email && password) return { api: api.replace(/\/+$/, ""), email, password, ...(code && { code }) };
  if (api) throw new SettingError("SARRESID_API wants SARRESID_OPERATOR_EMAIL and SARRESID_OPERATOR_PASSWORD as well.");
  const running = await runningOn(localSettings().folder);
  if (!running) throw new SettingError("No system runs on this machine: npm start, or set SARRESID_API.");
  return { api: running.api, ...running.operator };
}

/** Signs in, with a code of their second factor; answers the bearer token. */
export async function signInOperator({ api, email, password, totpSecret, code }: Target): Promise<string> {
  let status = 0;
  const tryWith = async (given: string | undefined) => {
    const response = await fetch(`${api}/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: api },
      body: JSON.stringify({ email, password, code: given }),
    });
    status = response.status;
    await response.body?.cancel();
    return response.headers.get("set-auth-token");
  };
  const token = totpSecret === undefined ? await tryWith(code) : await withCode(totpSecret, tryWith);
  if (!token) throw new SettingError(`Signing in at ${api} as ${email} was refused (${status}).`);
  return token;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** What a 429 asks for. */
  readonly retryAfterMs: number | null;
}

export interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
}

/** One request as this operator; null when the connection was lost, or something between answered without JSON. */
export async function askAs(
  { api, token }: { readonly api: string; readonly token: string },
  { method, path, body }: Asked,
): Promise<Answer | null> {
  try {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const retryAfter = response.headers.get("retry-after");
    return {
      status: response.status,
      body: await response.json(),
      retryAfterMs: retryAfter === null ? null : Number(retryAfter) * 1_000,
    };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}
