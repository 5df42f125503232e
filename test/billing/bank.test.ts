// Whose card paid, by its first six digits.
import { expect, it } from "vitest";
import { Bank } from "../../contract/common/bank.ts";
import { bankOf, bankOfCard, withBank } from "../../server/billing/bank.ts";

/** Every six digits that name a bank. */
const known = Array.from({ length: 1_000_000 }, (_, prefix) => String(prefix).padStart(6, "0")).flatMap((prefix) => {
  const bank = bankOfCard(`${prefix}******1234`);
  return bank === null ? [] : [{ prefix, bank }];
});

it("each bank is known by its cards, and no other cards are anybody's", () => {
  const prefixesOf = (bank: Bank) => known.filter((each) => each.bank === bank).map(({ prefix }) => prefix);
  expect(Object.fromEntries(Bank.options.map((bank) => [bank, prefixesOf(bank).join(" ")]))).toEqual({
    ansar: "627381",
    ayandeh: "636214",
    central: "636795",
    day: "502938",
    eghtesad_novin: "627412",
    gardeshgari: "505416 505426",
    ghavamin: "639599",
    hekmat: "636949",
    iran_venezuela: "581874",
    iran_zamin: "505785",
    karafarin: "502910 627488",
    keshavarzi: "603770 639217",
    kosar: "505801",
    maskan: "628023",
    mehr_eghtesad: "639370",
    mehr_iran: "606373",
    melal: "606256",
    mellat: "610433 991975",
    melli: "603799",
    middle_east: "585947",
    noor: "507677",
    parsian: "622106 627884 639194",
    pasargad: "502229 639347",
    post: "627760",
    refah: "589463",
    resalat: "504172",
    saderat: "603769",
    saman: "621986",
    sanat_madan: "627961",
    sarmayeh: "639607",
    sepah: "589210",
    shahr: "502806 504706",
    sina: "639346",
    tejarat: "585983 627353",
    tosee: "628157",
    tosee_saderat: "207177 627648",
    tosee_taavon: "502908",
  });
});

it("nobody's card is nobody's, and so is none at all", () => {
  expect([bankOfCard(null), bankOfCard(""), bankOfCard("61043"), bankOfCard("000000******1234")]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

it("a bank is read back as it was written down", () => {
  expect(Bank.options.map(bankOf)).toEqual(Bank.options);
  expect(bankOf("none of ours")).toBeNull();
});

it("only the bank is told of the card that paid", () => {
  const by = (cardPanMasked: string | null) => withBank({ code: 100 }, { cardPanMasked });
  expect(by("610433******1234")).toEqual({ code: 100, bank: "mellat" });
  expect([by("000000******1234"), by(null)]).toEqual([{ code: 100 }, { code: 100 }]);
  expect(withBank(undefined, { cardPanMasked: null })).toEqual({});
});
