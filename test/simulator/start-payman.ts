// The signing page of an agreement: sign, refuse or leave (zarinpal.md §5.3, §5.4).

import { type House, deskOf } from "./calls.ts";
import { htmlResponse, sendBack } from "./callback.ts";
import { endedPage, messagePage, signPage } from "./pages.ts";
import type { Contract } from "./records.ts";
import type { Desk } from "./state.ts";

type Asked = { paymanAuthority: string; bankCode: string };

export async function showContract(house: House, asked: Asked): Promise<Response> {
  const desk = deskOf(house);
  const contract = desk.state.contracts.get(asked.paymanAuthority);
  const bank = house.settings.banks.find(({ bank_code }) => bank_code === asked.bankCode);
  if (contract === undefined || bank === undefined) return htmlResponse(messagePage("این قرارداد پیدا نشد"), 404);
  if (!isSignable(desk, contract)) return htmlResponse(endedPage("این قرارداد دیگر امضا نمی‌شود"));
  return htmlResponse(signPage(contract, bank.name));
}

export async function decideContract(house: House, asked: Asked, action: string): Promise<Response> {
  const desk = deskOf(house);
  const contract = desk.state.contracts.get(asked.paymanAuthority);
  const isBankKnown = house.settings.banks.some(({ bank_code }) => bank_code === asked.bankCode);
  if (contract === undefined || !isBankKnown) return htmlResponse(messagePage("این قرارداد پیدا نشد"), 404);
  if (!["sign", "refuse", "leave", "back"].includes(action)) return htmlResponse(messagePage("درخواست نامعتبر"), 400);
  if (action === "leave") return htmlResponse(messagePage("می‌توانید این پنجره را ببندید"));
  if (isSignable(desk, contract)) decide(contract, asked.bankCode, action);
  house.changed();
  return sendBack(house, {
    callbackUrl: contract.callbackUrl,
    isOk: contract.status === "SIGNED" || contract.status === "ACTIVE",
    names: ["payman_authority", "status"],
    authority: contract.paymanAuthority,
  });
}

function decide(contract: Contract, bankCode: string, action: string): void {
  if (action === "sign") Object.assign(contract, { status: "SIGNED", bankCode });
  if (action === "refuse") contract.status = "REFUSED";
}

function isSignable(desk: Desk, contract: Contract): boolean {
  if (desk.now >= contract.expireAt) return false;
  const isOpenAgain = contract.status === "REFUSED" && desk.settings.endedPage === "usable_again";
  return contract.status === "REQUESTED" || isOpenAgain;
}
