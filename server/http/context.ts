// What a handler gets beside its parsed request: who is calling, and the means to answer.
import type { CustomerId, PartnerId, PartnerKeyId } from "../../contract/common/id.ts";
import type { PartnerScope } from "../../contract/common/policy.ts";
import type { Deps } from "../deps.ts";

/** Who is calling, as far as the credentials prove it. */
export type Caller =
  | { readonly kind: "public" }
  | { readonly kind: "customer"; readonly userId: string; readonly customerId: CustomerId }
  | { readonly kind: "operator"; readonly userId: string }
  | {
      readonly kind: "partner";
      readonly keyId: PartnerKeyId;
      readonly partnerId: PartnerId;
      readonly scopes: readonly PartnerScope[];
    };

/** The platform context of every handler; `C` is the caller its policy demands. */
export interface RequestContext<C extends Caller = Caller> {
  readonly deps: Deps;
  readonly caller: C;
  readonly requestId: string;
  /**
   * A UUIDv7 tail fixed by the Idempotency-Key: what this request creates is named by it, so that a request that takes
   * over after a crash finds what the first one made. Fresh when the caller sent no key.
   */
  readonly resourceSeed: string;
}
