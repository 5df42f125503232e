// Who looks after a partner's things: the partner's own key, or an operator, who may do so for everybody.
import type { PartnerId } from "../../contract/common/id.ts";
import type { Actor } from "../store/commit.ts";
import type { Caller, RequestContext } from "./context.ts";

export type Owner = Extract<Caller, { kind: "operator" | "partner" }>;
export type OwnerContext = RequestContext<Owner>;

/** The partner whose things these are; null is everybody's. */
export function partnerOf(caller: Owner): PartnerId | null {
  return caller.kind === "partner" ? caller.partnerId : null;
}

export function actorOf(caller: Owner): Actor {
  return caller.kind === "partner" ? `partner:${caller.keyId}` : `operator:${caller.userId}`;
}
