// A seller for tests, as the settings say it and as the server knows it. Nobody has its legal id.
import type { Seller } from "../../server/deps.ts";

export const sellerSettings = {
  SELLER_NAME: "شرکت نمونهٔ سررسید",
  SELLER_NAME_EN: "Sarresid Example Company",
  SELLER_LEGAL_ID: "12345678906",
  SELLER_ECONOMIC_CODE: "411111111111",
  SELLER_POSTAL_CODE: "1193653471",
  SELLER_ADDRESS: "تهران، خیابان آزادی، کوچهٔ یکم، پلاک ۱۲، واحد ۳",
  SELLER_ADDRESS_EN: "Unit 3, No. 12, First Alley, Azadi Street, Tehran",
  SELLER_PHONE: "021-00000000",
} as const;

export const seller: Seller = {
  name: sellerSettings.SELLER_NAME,
  nameEn: sellerSettings.SELLER_NAME_EN,
  legalId: sellerSettings.SELLER_LEGAL_ID,
  economicCode: sellerSettings.SELLER_ECONOMIC_CODE,
  postalCode: sellerSettings.SELLER_POSTAL_CODE,
  address: sellerSettings.SELLER_ADDRESS,
  addressEn: sellerSettings.SELLER_ADDRESS_EN,
  phone: sellerSettings.SELLER_PHONE,
};

/** For whoever never asks for a document: any use of it throws. */
export const noDocuments = {
  get: () => Promise.reject(new Error("Nobody here may read documents")),
  put: () => Promise.reject(new Error("Nobody here may keep documents")),
};
