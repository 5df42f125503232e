// Signing out, and what a browser keeps of somebody's taste: language and look. Forms stand on every page.
import { languageCookie } from "../../text/languages.ts";
import { lookCookie, ownAddress, type OpenPage } from "../site/visit.ts";

const yearS = 365 * 86_400;

export const signOut: OpenPage = {
  path: "/sign-out",
  who: "anyone",
  show: async () => ({ goTo: "/products" }),
  actions: {
    out: async ({ auth }) => {
      await auth("/sign-out", {});
      return { goTo: "/sign-in?done=signedOut" };
    },
  },
};

export const preferences: OpenPage = {
  path: "/preferences",
  who: "anyone",
  show: async () => ({ goTo: "/products" }),
  actions: {
    language: async (visit) => {
      const value = visit.form.get("language") === "en" ? "en" : "fa";
      const goTo = ownAddress(visit, visit.form.get("back"), "/products");
      return { goTo, cookie: { name: languageCookie, value, maxAgeS: yearS } };
    },
    look: async (visit) => {
      const wanted = visit.form.get("look");
      const value = wanted === "light" || wanted === "dark" ? wanted : "auto";
      const goTo = ownAddress(visit, visit.form.get("back"), "/products");
      return { goTo, cookie: { name: lookCookie, value, maxAgeS: yearS } };
    },
  },
};
