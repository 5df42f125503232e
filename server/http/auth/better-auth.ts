// People: Better Auth, configured. It keeps accounts, sessions, mails and phone codes; which of its addresses are open
// and how often somebody may try is `gate.ts`, who a request's session is is `session.ts`.
import { betterAuth, type BetterAuthOptions } from "better-auth/minimal";
import { createAccessControl } from "better-auth/plugins/access";
import { admin } from "better-auth/plugins/admin";
import { bearer } from "better-auth/plugins/bearer";
import { phoneNumber } from "better-auth/plugins/phone-number";
import { Mobile } from "../../../contract/common/person.ts";
import type { Deps } from "../../deps.ts";
import { mintCustomerId } from "../../store/databases.ts";
import { peopleAdapter } from "../../store/people.ts";
import { authBasePath, createGate } from "./gate.ts";
import { sessionSpan } from "./session-span.ts";
import { phoneCodeMessage, resetMessage, verificationMessage } from "./messages.ts";

export const minPasswordLength = 10;

/** Wrong codes a person may type before a new one must be sent. */
export const allowedCodeAttempts = 5;

const dayS = 86_400;

/**
 * Better Auth over D1, mounted at `/auth`; made once per isolate. `handler` is the only door for requests from outside:
 * it opens the addresses in `gate.ts` and no others.
 */
export function createAuth(deps: Deps) {
  const auth = betterAuth(optionsOf(deps));
  const isPasswordOf = async (userId: string, password: string) => {
    const { internalAdapter, password: passwords } = await auth.$context;
    const accounts = await internalAdapter.findAccounts(userId);
    const hash = accounts.find(({ providerId }) => providerId === "credential")?.password;
    return typeof hash === "string" && passwords.verify({ hash, password });
  };
  const inner = { api: auth.api, handler: auth.handler, isPasswordOf };
  return { api: auth.api, $context: auth.$context, handler: createGate(deps, inner) };
}

export type Auth = ReturnType<typeof createAuth>;

const access = createAccessControl({ user: ["set-role"] });
const roles = { customer: access.newRole({ user: [] }), operator: access.newRole({ user: ["set-role"] }) };

function optionsOf(deps: Deps) {
  const { publicUrl, authSecret } = deps.config;
  return {
    appName: "Sarresid",
    baseURL: publicUrl,
    basePath: authBasePath,
    secret: authSecret,
    database: peopleAdapter(deps.db),
    trustedOrigins: [publicUrl],
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength,
      ...(deps.passwords && { password: deps.passwords }),
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url, token }) => deps.messenger.send(resetMessage(user.email, url, token)),
      // Answers a taken address exactly as a free one, so that signing up tells nobody who is here.
      customSyntheticUser: ({ coreFields, id }) => ({
        ...coreFields,
        customerId: mintCustomerId(deps),
        role: "customer",
        banned: false,
        banReason: null,
        banExpires: null,
        phoneNumber: null,
        phoneNumberVerified: null,
        id,
      }),
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: false,
      expiresIn: dayS,
      sendVerificationEmail: ({ user, url }) => deps.messenger.send(verificationMessage(user.email, url)),
    },
    // Minted by the hook and never by `defaultValue`: a client that sends the field would make the library store that.
    user: { additionalFields: { customerId: { type: "string", required: false, unique: true, input: false } } },
    databaseHooks: {
      user: { create: { before: async (user) => ({ data: { ...user, customerId: mintCustomerId(deps) } }) } },
    },
    session: {
      ...sessionSpan,
      // Set by `second-factor.ts` alone.
      additionalFields: { secondFactorAt: { type: "date", required: false, input: false } },
      cookieCache: { enabled: true, maxAge: 60 },
    },
    account: { accountLinking: { enabled: false } },
    // A reset link's token is stored as a hash: who reads the table cannot use it.
    verification: { storeIdentifier: "hashed" },
    rateLimit: rateLimitOptions,
    advanced: {
      cookiePrefix: "sarresid",
      useSecureCookies: publicUrl.startsWith("https://"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/" },
      // Off by default when it believes itself under test; the tests must see what production does.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
    },
    logger: { level: "error", disableColors: true, log: () => deps.log({ level: "error", event: "auth_error" }) },
    // Faults come out of the handler as they are; else the library prints them, with the query and its parameters.
    onAPIError: { throw: true },
    plugins: [
      phoneNumber({
        otpLength: 6,
        expiresIn: 300,
        allowedAttempts: allowedCodeAttempts,
        requireVerification: true,
        phoneNumberValidator: (number) => Mobile.safeParse(number).data === number,
        sendOTP: ({ phoneNumber: mobile, code }) => deps.messenger.send(phoneCodeMessage(mobile, code)),
      }),
      admin({ ac: access, roles, defaultRole: "customer", adminRoles: ["operator"] }),
      bearer(),
    ],
  } satisfies BetterAuthOptions;
}

/**
 * Per address and path, in D1. Wide, because a mobile operator's customers share one address; guessing at one account
 * is stopped per account, in `gate.ts`.
 */
const rateLimitOptions = {
  enabled: true,
  storage: "database",
  window: 60,
  max: 120,
  customRules: {
    "/sign-up/email": { window: 60, max: 60 },
    "/sign-in/email": { window: 60, max: 60 },
    "/send-verification-email": { window: 60, max: 10 },
    "/request-password-reset": { window: 60, max: 10 },
    "/reset-password": { window: 60, max: 10 },
    "/change-password": { window: 60, max: 10 },
    "/phone-number/*": { window: 60, max: 120 },
    "/get-session": false,
  },
} as const satisfies BetterAuthOptions["rateLimit"];
