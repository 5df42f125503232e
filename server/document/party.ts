// Seller and buyer as they stand on documents.
import type { Language } from "../../contract/document.ts";
import type { Seller } from "../deps.ts";
import type { Fact, Party } from "../page/sheet.tsx";
import type { SealedBuyer } from "../store/buyer.ts";

export function sellerParty(seller: Seller, language: Language): Party {
  return {
    name: language === "fa" ? seller.name : seller.nameEn,
    facts: [
      { label: "legalId", value: seller.legalId },
      { label: "economicCode", value: seller.economicCode },
      { label: "postalCode", value: seller.postalCode },
      { label: "address", value: language === "fa" ? seller.address : seller.addressEn },
      { label: "phone", value: seller.phone },
    ],
  };
}

/** Null when no details were given, or the person was erased. */
export function buyerParty(buyer: SealedBuyer | null): Party | null {
  if (!buyer) return null;
  const { name, nationalId, legalId, economicCode, postalCode, address } = buyer;
  const facts: readonly (Fact | { readonly label: Fact["label"]; readonly value: null })[] = [
    { label: "nationalId", value: nationalId },
    { label: "legalId", value: legalId },
    { label: "economicCode", value: economicCode },
    { label: "postalCode", value: postalCode },
    { label: "address", value: address },
  ];
  return { name, facts: facts.filter((fact): fact is Fact => fact.value !== null) };
}
