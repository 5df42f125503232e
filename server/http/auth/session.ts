// Who is signed in: reads the session of a request, from its cookie or its bearer token.
import * as z from "zod";
import { CustomerId } from "../../../contract/common/id.ts";
import { innermostCause } from "../fault.ts";

/** The person a session belongs to. */
export interface SessionUser {
  readonly userId: string;
  readonly customerId: CustomerId;
  readonly role: "customer" | "operator";
  readonly email: string;
  readonly emailVerified: boolean;
  /** `09` and nine digits; null until one has been proved. */
  readonly mobile: string | null;
  readonly mobileVerified: boolean;
  /** Whether a second factor was proved in this session. */
  readonly hasSecondFactor: boolean;
  /** What names the session in its table. Never told to anybody. */
  readonly sessionToken: string;
}

/** The part of Better Auth that reads sessions. */
export interface SessionReader {
  readonly api: {
    getSession(input: {
      headers: Headers;
      query: { disableCookieCache: boolean };
      returnHeaders: true;
    }): Promise<{ headers?: Headers | null; response: unknown }>;
  };
}

export interface SessionReading {
  /** False lets a signed cookie of at most 60 s vouch for the session without asking the database: customers' GETs. */
  readonly fresh: boolean;
  /** Takes each `Set-Cookie` by which the session or its cache goes on; without it both simply end sooner. */
  readonly onCookie?: (cookie: string) => void;
}

const StoredUser = z.object({
  id: z.string(),
  customerId: CustomerId,
  role: z.enum(["customer", "operator"]),
  email: z.string(),
  emailVerified: z.boolean(),
  phoneNumber: z.string().nullish(),
  phoneNumberVerified: z.boolean().nullish(),
});
const StoredSession = z.object({ token: z.string(), secondFactorAt: z.unknown() });
const Stored = z.object({ user: StoredUser, session: StoredSession });

/** The person who is signed in, or null when nobody is: no session, an expired or a revoked one. Throws faults. */
export async function getSessionUser(
  auth: SessionReader,
  request: Request,
  reading: SessionReading,
): Promise<SessionUser | null> {
  const query = { disableCookieCache: reading.fresh };
  const found = await auth.api.getSession({ headers: request.headers, query, returnHeaders: true }).catch(fail);
  if (reading.onCookie) found.headers?.getSetCookie().forEach(reading.onCookie);
  if (found.response === null) return null;
  return sessionUserOf(Stored.parse(found.response));
}

/** A person and their session as the tables keep them. */
export function sessionUserOf({ user, session }: z.infer<typeof Stored>): SessionUser {
  return {
    userId: user.id,
    customerId: user.customerId,
    role: user.role,
    email: user.email,
    emailVerified: user.emailVerified,
    mobile: user.phoneNumber ?? null,
    mobileVerified: user.phoneNumberVerified ?? false,
    hasSecondFactor: (session.secondFactorAt ?? null) !== null,
    sessionToken: session.token,
  };
}

function fail(error: unknown): never {
  throw innermostCause(error);
}
