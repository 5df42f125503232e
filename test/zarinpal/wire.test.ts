// Every shape in which ZarinPal is known to answer (wire facts §1, §2, §5), and what is read from it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseJson, readReply, signatureIn } from "../../server/zarinpal/envelope.ts";
import { scrubbed } from "../../server/zarinpal/evidence.ts";
import { readGraphqlReply } from "../../server/zarinpal/graphql.ts";
import * as wire from "../../server/zarinpal/wire.ts";

describe("an envelope", () => {
  test.each<[string, string, number]>([
    ["errors as an empty list", '{"data":{"code":100,"message":"Success"},"errors":[]}', 100],
    ["errors as an empty object", '{"data":{"code":100,"message":"Success"},"errors":{}}', 100],
    ["errors as null", '{"data":{"code":100,"message":"Success"},"errors":null}', 100],
    ["no errors at all", '{"data":{"code":100,"message":"Success"}}', 100],
    ["the code as text", '{"data":{"code":"100","message":"Success"}}', 100],
    ["the code of a repeated verify", '{"data":{"code":101,"message":"Success"},"errors":[]}', 101],
  ])("is an answer with %s", (_shape, body, code) => {
    expect(readReply(parseJson(body))).toMatchObject({ kind: "answer", code, message: "Success" });
  });

  test.each<[string, string, number, string | null]>([
    ["data as a list", '{"data":[],"errors":{"code":-9,"message":"no","validations":[]}}', -9, "no"],
    ["data as an object", '{"data":{},"errors":{"code":-9,"message":"no","validations":[]}}', -9, "no"],
    ["data as null", '{"data":null,"errors":{"code":-9,"message":"no"}}', -9, "no"],
    ["no data", '{"errors":{"code":-9,"message":"no"}}', -9, "no"],
    [
      "validations as a list",
      '{"data":[],"errors":{"code":-9,"message":"no","validations":[{"amount":"x"}]}}',
      -9,
      "no",
    ],
    [
      "validations as an object",
      '{"data":[],"errors":{"code":-9,"message":"no","validations":{"amount":"x"}}}',
      -9,
      "no",
    ],
    ["the code as text", '{"data":[],"errors":{"code":"-80","message":"no"}}', -80, "no"],
    ["no message", '{"data":[],"errors":{"code":-11}}', -11, null],
    ["a message that is no text", '{"data":[],"errors":{"code":-11,"message":{"fa":"x"}}}', -11, null],
    ["errors as a list", '{"data":[],"errors":[{"code":-51,"message":"no"}]}', -51, "no"],
    ["the one positive refusal", '{"data":[],"errors":{"code":429,"message":"no"}}', 429, "no"],
    ["the code in data", '{"data":{"code":-51,"message":"no"},"errors":[]}', -51, "no"],
    ["texts per field", '{"errors":{"authority":["Invalid authority.","-54"]}}', -54, "Invalid authority."],
    ["texts per field and a message", '{"message":"m","errors":{"authority":["-54"]}}', -54, "m"],
    ["a back-off among several errors", '{"data":[],"errors":[{"code":-51},{"code":-12,"message":"no"}]}', -12, "no"],
  ])("is a refusal with %s", (_shape, body, code, message) => {
    expect(readReply(parseJson(body))).toEqual({ kind: "refusal", code, message });
  });

  test.each<[string, string, number | null]>([
    ["no JSON", "<html>502</html>", null],
    ["an empty body", "", null],
    ["a truncated body", '{"data":{"code":100,"mess', null],
    ["a list", "[]", null],
    ["a text", '"ok"', null],
    ["null", "null", null],
    ["an empty object", "{}", null],
    ["nothing in it", '{"data":[],"errors":[]}', null],
    ["an answer that is also refused", '{"data":{"code":100},"errors":{"code":-51,"message":"no"}}', -51],
    ["an answer with errors of no known shape", '{"data":{"code":100},"errors":"oops"}', 100],
    ["an answer with texts per field", '{"data":{"code":100},"errors":{"amount":["too low"]}}', 100],
    ["an error without a code", '{"data":[],"errors":{"message":"no","validations":[]}}', null],
    ["an error that says success", '{"data":[],"errors":{"code":100,"message":"no"}}', null],
    ["a server's own code", '{"data":[],"errors":{"code":500,"message":"Server Error"}}', null],
    ["texts per field without a code", '{"errors":{"authority":["Invalid authority."]}}', null],
    ["a success code nobody documented", '{"data":{"code":102,"message":"x"},"errors":[]}', 102],
    ["a code that is no integer", '{"data":{"code":100.5},"errors":[]}', null],
    ["a code of true", '{"data":{"code":true},"errors":[]}', null],
    ["a code outside the envelope", '{"code":100,"message":"x"}', null],
  ])("cannot be read with %s", (_shape, body, code) => {
    expect(readReply(parseJson(body))).toMatchObject({ kind: "unreadable", code });
  });

  test("is read without throwing, whatever JSON it is", () => {
    const part = fc.jsonValue({ maxDepth: 3 });
    const body = fc.oneof(part, fc.record({ data: part, errors: part, message: part }, { requiredKeys: [] }));
    fc.assert(fc.property(body, (value) => ["answer", "refusal", "unreadable"].includes(readReply(value).kind)));
  });

  test("nested beyond all reason is no JSON rather than a crash", () => {
    expect(parseJson("[".repeat(65_536))).toBeUndefined();
    expect(readReply(parseJson("[".repeat(30_000) + "]".repeat(30_000)))).toMatchObject({ kind: "unreadable" });
  });
});

describe("a GraphQL envelope", () => {
  const error = (category: string) => `{"message":"no","extensions":{"category":"${category}"}}`;

  test.each<[string, string]>([
    ["no errors", '{"data":{"resource":{"id":"1"}}}'],
    ["errors as an empty list", '{"data":{"resource":{"id":"1"}},"errors":[]}'],
    ["errors as null", '{"data":{"resource":{"id":"1"}},"errors":null}'],
  ])("is an answer with %s", (_shape, body) => {
    expect(readGraphqlReply(parseJson(body))).toMatchObject({ kind: "answer", data: { resource: { id: "1" } } });
  });

  test.each<[string, string]>([
    ["no data", `{"errors":[${error("authentication")}]}`],
    ["data as null", `{"errors":[${error("validation")}],"data":null}`],
    ["a null in data", `{"errors":[${error("graphql")}],"data":{"resource":null}}`],
    ["several errors", `{"errors":[${error("validation")},${error("authorization")}]}`],
  ])("is a refusal with %s, of code 0", (_shape, body) => {
    expect(readGraphqlReply(parseJson(body))).toEqual({ kind: "refusal", code: 0, message: "no" });
  });

  test.each<[string, string]>([
    ["an internal error", `{"errors":[${error("internal")}],"data":{"resource":null}}`],
    ["an internal error among others", `{"errors":[${error("validation")},${error("internal")}]}`],
    ["an error that does not say its kind", '{"errors":[{"message":"no"}],"data":null}'],
    ["an error and data", `{"errors":[${error("validation")}],"data":{"resource":{"id":"1"}}}`],
    ["errors of no known shape", '{"errors":"no","data":{"resource":{"id":"1"}}}'],
    ["an error that is text", '{"errors":["no"]}'],
    ["null data and no error", '{"data":null}'],
    ["nothing found and no error", '{"data":{"resource":null}}'],
    ["an empty object", "{}"],
    ["data as a list", '{"data":[1]}'],
    ["the other API's refusal", '{"data":[],"errors":{"code":-51,"message":"no"}}'],
    ["a throttle", '{"message":"Too Many Attempts."}'],
    ["no JSON", "<html>"],
    ["null", "null"],
  ])("cannot be read with %s: a refund may have been made", (_shape, body) => {
    expect(readGraphqlReply(parseJson(body))).toMatchObject({ kind: "unreadable", code: null });
  });

  test("is read without throwing, whatever JSON it is", () => {
    const part = fc.jsonValue({ maxDepth: 3 });
    const body = fc.oneof(part, fc.record({ data: part, errors: part, message: part }, { requiredKeys: [] }));
    fc.assert(fc.property(body, (value) => ["answer", "refusal", "unreadable"].includes(readGraphqlReply(value).kind)));
  });
});

describe("the data of a reply", () => {
  test.each<[string, string, string | null]>([
    ["a number", "40123456", "40123456"],
    ["text", '"40123456"', "40123456"],
    ["a number beyond 2^53, every digit kept", "12345678901234567890", "12345678901234567890"],
    ["null", "null", null],
    ["zero, which is none", "0", null],
    ["zero as text", '"000"', null],
    ["an object", "{}", null],
    ["text that is no reference", '"a b"', null],
  ])("keeps a verified payment whose ref_id is %s", (_form, json, refId) => {
    const data = parseJson(`{"code":100,"ref_id":${json},"card_pan":null,"fee_type":"Payer","fee":1}`);
    expect(wire.PaymentVerifyData.parse(data).ref_id).toBe(refId);
  });

  test("keeps a verified payment that says nothing but its code", () => {
    const nothing = { ref_id: null, card_pan: null, fee_type: null, fee: 0 };
    expect(wire.PaymentVerifyData.parse({ code: 101 })).toEqual({ code: 101, ...nothing });
  });

  test.each([
    ["603799******1234", "603799******1234"],
    ["6037XXXXXXXX1234", "6037XXXXXXXX1234"],
    ["6037991234561234", null],
    ["603799**34561234", null],
  ])("keeps a card only when it is masked: %s", (sent, kept) => {
    expect(wire.PaymentVerifyData.parse({ code: 100, card_pan: sent }).card_pan).toBe(kept);
  });

  test.each(["refrence_id", "reference_id", "ref_id"])("finds a debit's reference under %s", (field) => {
    expect(wire.PaymanCheckoutData.parse({ code: 100, [field]: 40123457 })).toMatchObject({ [field]: "40123457" });
  });

  test.each([
    ["A00000000000000000000000000000abCd12", true],
    ["S00000000000000000000000000000abCd12", true],
    ["B00000000000000000000000000000abCd12", false],
    ["A00000000000000000000000000000abCd1", false],
    ["A00000000000000000000000000000abCd123", false],
    ["A0000000000000000000000000000/abCd12", false],
    ["A00000000000000000000000000000abCd12\n", false],
  ])("takes %j for an authority: %s", (authority, isAuthority) => {
    expect(wire.PaymentRequestData.safeParse({ code: 100, authority }).success).toBe(isAuthority);
  });

  test.each([
    ["payman_ab12", true],
    ["x".repeat(64), true],
    ["", false],
    ["x".repeat(65), false],
    ["../x", false],
    ["a?b", false],
  ])("takes %j for an agreement's token: %s", (token, isToken) => {
    expect(wire.PaymanRequestData.safeParse({ code: 100, payman_authority: token }).success).toBe(isToken);
  });

  test("leaves out unverified entries that cannot be ours", () => {
    const ours = { authority: "A00000000000000000000000000000abCd12", amount: "250000", callback_url: "zarin_link" };
    const data = { code: "100", authorities: [ours, { authority: "000000000000000000000000000000001234", amount: 5 }] };
    expect(wire.PaymentUnverifiedData.parse(data).authorities).toEqual([
      { authority: ours.authority, amount: 250_000 },
    ]);
  });

  test.each([416, 200, 1_024, 5_000])("takes a signature of %i characters", (length) => {
    const signature = "eyJpdiI6".padEnd(length, "x");
    expect(wire.PaymanVerifyData.parse({ code: 100, signature }).signature).toBe(signature);
    expect(signatureIn({ data: { code: 100, signature } })).toBe(signature);
  });

  test.each(["", "two words", "x".repeat(16_385), 17, null])("takes no signature like %j", (signature) => {
    expect(wire.PaymanVerifyData.safeParse({ code: 100, signature }).success).toBe(false);
  });
});

describe("a message kept as evidence", () => {
  test("has at most 200 whole characters", () => {
    expect(scrubbed("no ".repeat(200), [])).toHaveLength(200);
    expect(scrubbed("😀".repeat(300), [])).toBe("😀".repeat(200));
    expect(scrubbed("a\ud800b\u0000c", [])).toBe("a\ufffdb c");
  });

  test.each([
    ["as sent", "mobile 09120000017 is wrong", "mobile [hidden] is wrong"],
    ["with a country code", "+989120000017", "+[hidden]"],
    ["set apart", "mobile +98 912 000 0017 is wrong", "mobile +98 [hidden] is wrong"],
    ["in Persian digits", "شماره ۰۹۱۲۰۰۰۰۰۱۷ نامعتبر", "شماره [hidden] نامعتبر"],
    ["in Persian digits set apart", "۰۹۱۲-۰۰۰-۰۰۱۷", "۰[hidden]"],
    ["in Arabic digits", "٠٩١٢٠٠٠٠٠١٧", "[hidden]"],
  ])("hides a mobile %s", (_spelling, message, kept) => {
    expect(scrubbed(message, ["09120000017"])).toBe(kept);
  });

  test("hides a secret that the cut would have halved", () => {
    const kept = scrubbed(`${"x ".repeat(95)}short-signature`, ["short-signature"]);
    expect(kept).not.toContain("short");
  });

  test("hides part of a signature, and the whole one escaped", () => {
    const signature = `eyJpdiI6${"aB/+".repeat(100)}==`;
    expect(scrubbed(`bad: ${signature.slice(7, 90)}`, [signature])).toBe("bad: [hidden]");
    expect(scrubbed(`bad: ${encodeURIComponent(signature)}`, [signature])).toBe("bad: [hidden]");
    expect(scrubbed(`bad: ${signature.replaceAll("/", "\\/")}`, [signature])).toBe("bad: [hidden]");
  });

  test("keeps what an operator needs: the text, an authority, an amount", () => {
    const message = "A00000000000000000000000000000abCd12: مبلغ 250000 نامعتبر است";
    expect(scrubbed(message, ["09120000017", ""])).toBe(message);
    expect(scrubbed(null, ["x"])).toBeNull();
  });

  test("never holds a secret, wherever it stood", () => {
    const text = fc.string({ maxLength: 300 });
    const secret = fc.string({ minLength: 11, maxLength: 60 });
    fc.assert(
      fc.property(text, secret, text, (before, planted, rest) => {
        expect(scrubbed(before + planted + rest, [planted])).not.toContain(planted);
      }),
    );
  });
});
