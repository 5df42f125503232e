// Who sells on this machine, as the settings say it. Made up: nobody has this legal id.

export const exampleSeller = {
  SELLER_NAME: "شرکت نمونهٔ سررسید",
  SELLER_NAME_EN: "Sarresid Example Company",
  SELLER_LEGAL_ID: "12345678906",
  SELLER_ECONOMIC_CODE: "411111111111",
  SELLER_POSTAL_CODE: "1193653471",
  SELLER_ADDRESS: "تهران، خیابان آزادی، کوچهٔ یکم، پلاک ۱۲، واحد ۳",
  SELLER_ADDRESS_EN: "Unit 3, No. 12, First Alley, Azadi Street, Tehran",
  SELLER_PHONE: "021-00000000",
} as const;
