// Whose card paid, by its first six digits: all that a masked number tells, and nothing of the person.
import { Bank } from "../../contract/common/bank.ts";
import type { EventEvidence } from "./event.ts";
import type { Verification } from "./outcome.ts";

/** As banks had them before some merged: for display and for figures, never for a decision (wire facts §10). */
const cardPrefixes: Readonly<Record<Bank, readonly string[]>> = {
  ansar: ["627381"],
  ayandeh: ["636214"],
  central: ["636795"],
  day: ["502938"],
  eghtesad_novin: ["627412"],
  gardeshgari: ["505416", "505426"],
  ghavamin: ["639599"],
  hekmat: ["636949"],
  iran_venezuela: ["581874"],
  iran_zamin: ["505785"],
  karafarin: ["627488", "502910"],
  keshavarzi: ["603770", "639217"],
  kosar: ["505801"],
  maskan: ["628023"],
  mehr_eghtesad: ["639370"],
  mehr_iran: ["606373"],
  melal: ["606256"],
  mellat: ["610433", "991975"],
  melli: ["603799"],
  middle_east: ["585947"],
  noor: ["507677"],
  parsian: ["622106", "627884", "639194"],
  pasargad: ["502229", "639347"],
  post: ["627760"],
  refah: ["589463"],
  resalat: ["504172"],
  saderat: ["603769"],
  saman: ["621986"],
  sanat_madan: ["627961"],
  sarmayeh: ["639607"],
  sepah: ["589210"],
  shahr: ["502806", "504706"],
  sina: ["639346"],
  tejarat: ["627353", "585983"],
  tosee: ["628157"],
  tosee_saderat: ["627648", "207177"],
  tosee_taavon: ["502908"],
};

const bankOfPrefix = new Map(
  Bank.options.flatMap((bank) => cardPrefixes[bank].map((prefix) => [prefix, bank] as const)),
);

/** Example: `bankOfCard("610433******1234")` is `mellat`; null for a card of nobody we know, and for none. */
export function bankOfCard(masked: string | null): Bank | null {
  return bankOfPrefix.get(masked?.slice(0, 6) ?? "") ?? null;
}

/** A bank as it was written down; null when it was not known. */
export function bankOf(name: string): Bank | null {
  return Bank.options.find((bank) => bank === name) ?? null;
}

/** The bank that paid, where the gateway told: for the operators' figures. The card's number itself goes no further. */
export function withBank(
  evidence: EventEvidence | undefined,
  { cardPanMasked }: Pick<Verification, "cardPanMasked">,
): EventEvidence {
  const bank = bankOfCard(cardPanMasked);
  return bank === null ? { ...evidence } : { ...evidence, bank };
}
