// payman/request, banksList, verify and cancelContract: the agreement itself (zarinpal.md §5.1–5.5, §5.7).

import { type Answer, refusal, success } from "./envelope.ts";
import { type Body, FieldReader, isForeignCallback, mobilePattern, paymanMerchantOf, uuidPattern } from "./fields.ts";
import { newPaymanAuthority, newSignature } from "./identifiers.ts";
import type { Contract } from "./records.ts";
import { type Desk, maxContracts } from "./state.ts";
import { instantOf } from "./tehran.ts";

const shortestContractMs = 30 * 86_400_000;

/** Opens an agreement for signing. Counts and ceiling must be strings, as the page says. */
export function request(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const mobile = reader.text("mobile", mobilePattern);
  reader.optionalText("ssn", /^[0-9]{10}$/);
  const expireAt = expiryOf(desk, reader);
  const maxDailyCount = Number(reader.text("max_daily_count", /^[1-9][0-9]{0,5}$/));
  const maxMonthlyCount = Number(reader.text("max_monthly_count", /^[1-9][0-9]{0,5}$/));
  const maxAmountRials = Number(reader.text("max_amount", /^[1-9][0-9]{0,14}$/));
  const callbackUrl = reader.url("callback_url");
  const merchant = paymanMerchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  if (isForeignCallback(desk, merchant.found, callbackUrl)) return refusal(desk, -14);
  if (desk.state.contracts.size >= maxContracts) return refusal(desk, -13);
  const limits = { expireAt, maxDailyCount, maxMonthlyCount, maxAmountRials };
  const contract = open(desk, { merchantId, mobile, callbackUrl, ...limits });
  return success({ data: { payman_authority: contract.paymanAuthority, code: 100, message: "Success" }, errors: [] });
}

export function banksList(desk: Desk): Answer {
  return success({ data: { banks: desk.settings.banks, code: 100, message: "Success" }, errors: [] });
}

/** Hands out the signature of a signed agreement, which thereby becomes ACTIVE. */
export function verify(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const name = reader.text("payman_authority", /./);
  const merchant = paymanMerchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  const contract = desk.state.contracts.get(name);
  if (contract === undefined) return refusal(desk, -54);
  if (contract.merchantId !== merchantId) return refusal(desk, -53);
  const code = notVerifiable(desk, contract);
  if (code !== null) return refusal(desk, code);
  const signature = activate(desk, contract);
  return success({ data: { signature, code: 100, message: "Success" }, errors: [] });
}

/** Ends the agreement. The second time is answered as the settings say. */
export function cancelContract(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const signature = reader.text("signature", /./);
  const merchant = paymanMerchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  const contract = desk.state.contractsBySignature.get(signature);
  if (contract === undefined) return refusal(desk, desk.settings.codes.unknownSignature);
  if (contract.merchantId !== merchantId) return refusal(desk, -53);
  const isRepeated = contract.status === "CANCELLED";
  if (isRepeated && desk.settings.cancelTwice === "error") return refusal(desk, desk.settings.codes.cancelledTwice);
  contract.status = "CANCELLED";
  return success({ data: { code: 100, message: "Success" }, errors: [] });
}

/** The code that forbids using the agreement now, or null. */
export function unusable(desk: Desk, contract: Contract): number | null {
  const { codes } = desk.settings;
  if (contract.status === "CANCELLED") return codes.contractCancelled;
  if (contract.status === "REVOKED") return codes.contractRevoked;
  return desk.now >= contract.expireAt ? codes.contractExpired : null;
}

function notVerifiable(desk: Desk, contract: Contract): number | null {
  const { codes, verifyAgreementTwice } = desk.settings;
  if (contract.status === "REQUESTED" || contract.status === "REFUSED") return codes.contractNotSigned;
  const isRepeated = contract.status === "ACTIVE";
  if (isRepeated && verifyAgreementTwice === "error") return codes.agreementVerifiedTwice;
  return unusable(desk, contract);
}

function activate(desk: Desk, contract: Contract): string {
  const signature = contract.signature ?? newSignature(desk);
  contract.status = "ACTIVE";
  contract.signature = signature;
  desk.state.contractsBySignature.set(signature, contract);
  return signature;
}

function expiryOf(desk: Desk, reader: FieldReader): number {
  const text = reader.text("expire_at", /./);
  const expireAt = instantOf(text, desk.settings.expireAtZone);
  if (text !== "" && expireAt === null) reader.fault("expire_at", "is not a date like 2027-01-31 00:00:00.");
  if (expireAt === null) return 0;
  if (expireAt - desk.now < shortestContractMs) reader.fault("expire_at", "must be at least 30 days away.");
  return expireAt;
}

type Asked = Omit<Contract, "paymanAuthority" | "status" | "bankCode" | "signature" | "debits">;

function open(desk: Desk, asked: Asked): Contract {
  const paymanAuthority = newPaymanAuthority(desk);
  const contract: Contract = {
    ...asked,
    paymanAuthority,
    status: "REQUESTED",
    bankCode: null,
    signature: null,
    debits: [],
  };
  desk.state.contracts.set(paymanAuthority, contract);
  return contract;
}
