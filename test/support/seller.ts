// A seller for tests, as the server knows it: the one that sells on a developer's machine.
import { exampleSeller } from "../../scripts/local/seller.ts";
import type { Seller } from "../../server/deps.ts";

export const seller: Seller = {
  name: exampleSeller.SELLER_NAME,
  nameEn: exampleSeller.SELLER_NAME_EN,
  legalId: exampleSeller.SELLER_LEGAL_ID,
  economicCode: exampleSeller.SELLER_ECONOMIC_CODE,
  postalCode: exampleSeller.SELLER_POSTAL_CODE,
  address: exampleSeller.SELLER_ADDRESS,
  addressEn: exampleSeller.SELLER_ADDRESS_EN,
  phone: exampleSeller.SELLER_PHONE,
};

/** What the tests' audit trail is signed with. */
export const auditSigningKeys = `a1:${btoa("0123456789abcdef0123456789abcdef")}`;

/** For whoever never asks for a document: any use of it throws. */
export const noDocuments = {
  get: () => Promise.reject(new Error("Nobody here may read documents")),
  put: () => Promise.reject(new Error("Nobody here may keep documents")),
  delete: () => Promise.reject(new Error("Nobody here may remove documents")),
};
