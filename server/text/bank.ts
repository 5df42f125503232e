// What a bank is called where direct debits are signed: the gateway names it in Persian, and by the first six letters of
// its SWIFT code.
import type { Bank } from "../../contract/common/bank.ts";
import type { Texts } from "./texts.ts";

const bySwift: ReadonlyMap<string, Bank> = new Map([
  ["AYBKIR", "ayandeh"],
  ["BEGNIR", "eghtesad_novin"],
  ["BKBPIR", "pasargad"],
  ["BKMNIR", "maskan"],
  ["BKMTIR", "mellat"],
  ["BKPAIR", "parsian"],
  ["BOIMIR", "sanat_madan"],
  ["BSIRIR", "saderat"],
  ["BTEJIR", "tejarat"],
  ["BTOSIR", "tosee"],
  ["CIYBIR", "shahr"],
  ["DAYBIR", "day"],
  ["EDBIIR", "tosee_saderat"],
  ["HEKMIR", "hekmat"],
  ["IRZAIR", "iran_zamin"],
  ["IVBBIR", "iran_venezuela"],
  ["KBIDIR", "karafarin"],
  ["KESHIR", "keshavarzi"],
  ["KHMIIR", "middle_east"],
  ["MEHRIR", "mehr_iran"],
  ["MELIIR", "melli"],
  ["NOORIR", "noor"],
  ["PBIRIR", "post"],
  ["REFAIR", "refah"],
  ["SABCIR", "saman"],
  ["SEPBIR", "sepah"],
  ["SINAIR", "sina"],
  ["SRMBIR", "sarmayeh"],
  ["TOSMIR", "gardeshgari"],
  ["TTBIIR", "tosee_taavon"],
]);

/** The gateway's own name of it in Persian, and of a bank that we do not know by its code. */
export function bankName({ language, site }: Texts, { name, bankCode }: { name: string; bankCode: string }): string {
  const bank = bySwift.get(bankCode);
  return language === "fa" || bank === undefined ? name : site.banks[bank];
}
