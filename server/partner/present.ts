// Partners as the contract shows them.
import type { Partner } from "../../contract/partner.ts";
import { instant } from "../billing/clock.ts";
import type { StoredPartner } from "../store/partners.ts";

export function presentPartner({ id, name, returnUrls, createdAt }: StoredPartner): Partner {
  return { id, name, returnUrls: [...returnUrls], createdAt: instant(createdAt) };
}
