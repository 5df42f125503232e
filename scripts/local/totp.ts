// The codes of an authenticator, for programs that sign in as an operator of a system on this machine.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";

const stepMs = 30_000;

/** The code of the step `steps` from now. The server takes those of -1, 0 and 1, each once and none before one it took. */
export function codeOf(secret: string, steps = 0, now = Date.now()): Promise<string> {
  return createOTP(new Uint8Array(base32.decode(secret)).buffer).hotp(Math.floor(now / stepMs) + steps);
}

/** Calls `signIn` with one code after the other until it does not answer null: the one of now may have been used. */
export async function withCode<T>(secret: string, signIn: (code: string) => Promise<T | null>): Promise<T | null> {
  for (let rounds = 0; rounds < 2; rounds++) {
    for (const steps of [-1, 0, 1]) {
      const signedIn = await signIn(await codeOf(secret, steps));
      if (signedIn !== null) return signedIn;
    }
    await new Promise((resolve) => setTimeout(resolve, stepMs - (Date.now() % stepMs)));
  }
  return null;
}
