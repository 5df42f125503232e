// Better Auth's failures as problems like all others. Its own word stays beside ours, and its `message` where its client
// reads it.
import * as z from "zod";
import { problems, type FieldError, type ProblemCode } from "../../../contract/common/problem.ts";
import { problemOf } from "../problem.ts";

/** By Better Auth's word, or the gate's. */
const codes: Readonly<Record<string, ProblemCode>> = {
  INVALID_EMAIL_OR_PASSWORD: "credentials_not_valid",
  EMAIL_NOT_VERIFIED: "email_not_verified",
  INVALID_TOKEN: "token_not_valid",
  TOKEN_EXPIRED: "token_not_valid",
  INVALID_OTP: "token_not_valid",
  OTP_EXPIRED: "token_not_valid",
  OTP_NOT_FOUND: "token_not_valid",
  TOO_MANY_ATTEMPTS: "rate_limited",
  PHONE_NUMBER_EXIST: "phone_number_taken",
  SECOND_FACTOR_REQUIRED: "second_factor_required",
  SECOND_FACTOR_CODE_REQUIRED: "second_factor_code_required",
  SECOND_FACTOR_CODE_NOT_VALID: "second_factor_code_not_valid",
  SECOND_FACTOR_EXISTS: "second_factor_exists",
  MALFORMED_BODY: "malformed_json",
};

/** What is wrong with a field, by its word: which field. */
const fields: Readonly<Record<string, string>> = {
  INVALID_EMAIL: "email",
  INVALID_PASSWORD: "currentPassword",
  INVALID_PHONE_NUMBER: "phoneNumber",
  PASSWORD_TOO_SHORT: "password",
  PASSWORD_TOO_LONG: "password",
};

const byStatus: Readonly<Record<number, ProblemCode>> = {
  400: "validation_failed",
  401: "not_signed_in",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  413: "payload_too_large",
  415: "unsupported_media_type",
  422: "validation_failed",
  429: "rate_limited",
};

const Failure = z.object({ code: z.string().default(""), message: z.string().default("") });

/** A failure of `/auth` as RFC 9457 says it, with `message` and `authCode` of Better Auth; any other answer as it is. */
export async function problemOfAuth(response: Response, requestId: string): Promise<Response> {
  if (response.status < 400) return response;
  const { code: authCode, message } = Failure.catch({ code: "", message: "" }).parse(await jsonIn(response));
  const code = codes[authCode] ?? byStatus[response.status] ?? "internal_error";
  const errors = code === "validation_failed" ? [fieldErrorOf(authCode, message)] : undefined;
  const { body } = problemOf(code, { requestId, errors });
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/problem+json");
  const { status } = problems[code];
  if (status === 401) headers.set("www-authenticate", "Bearer");
  return new Response(JSON.stringify({ ...body, message, authCode }), { status, headers });
}

/** Some failures have no body. */
async function jsonIn(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === "" ? {} : JSON.parse(text);
}

/** Its validation names the field in the message. Example: `[body.email] Invalid email address`. */
function fieldErrorOf(authCode: string, message: string): FieldError {
  const [, named, said] = /^\[body\.(\w+)\] (.*)$/s.exec(message) ?? [];
  const field = named ?? fields[authCode];
  const pointer = field === undefined ? "/body" : `/body/${field}`;
  return { pointer, code: authCode.toLowerCase() || "custom", detail: said ?? message };
}
