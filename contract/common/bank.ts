// Banks by the first six digits of their cards, as far as a gateway's masked card number tells.
import * as z from "zod";

export const Bank = z
  .enum([
    "ansar",
    "ayandeh",
    "central",
    "day",
    "eghtesad_novin",
    "gardeshgari",
    "ghavamin",
    "hekmat",
    "iran_venezuela",
    "iran_zamin",
    "karafarin",
    "keshavarzi",
    "kosar",
    "maskan",
    "mehr_eghtesad",
    "mehr_iran",
    "melal",
    "mellat",
    "melli",
    "middle_east",
    "noor",
    "parsian",
    "pasargad",
    "post",
    "refah",
    "resalat",
    "saderat",
    "saman",
    "sanat_madan",
    "sarmayeh",
    "sepah",
    "shahr",
    "sina",
    "tejarat",
    "tosee",
    "tosee_saderat",
    "tosee_taavon",
  ])
  .meta({ description: "A bank, by the card's first six digits. Some have merged since.", example: "mellat" });

export type Bank = z.infer<typeof Bank>;
