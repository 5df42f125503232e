// What a handler gets beside its parsed request: who is calling, and the means to answer.
import type { AppRoute } from "@ts-rest/core";
import type { CustomerId, PartnerId, PartnerKeyId } from "../../contract/common/id.ts";
import type { PartnerScope } from "../../contract/common/policy.ts";
import { newUuid } from "../billing/ids.ts";
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

/** By whom and with what a handler is called. */
export interface Called {
  readonly deps: Deps;
  readonly caller: Caller;
  /** Null until somebody asks for one. */
  readonly seed: string | null;
}

/**
 * The context that every handler gets, whatever its caller. Few handlers create anything, or set any header: both are made when
 * they are asked for, by a class, since an object with getters of its own takes longer to make than an answer to check.
 */
export class Calling implements RequestContext {
  readonly deps: Deps;
  readonly caller: Caller;
  readonly requestId: string;
  readonly request: Request;
  readonly appRoute: AppRoute;
  /** What the handler has set; null when it has asked for none. */
  headers: Headers | null = null;
  #seed: string | null;

  constructor(
    { request, requestId }: { readonly request: Request; readonly requestId: string },
    appRoute: AppRoute,
    { deps, caller, seed }: Called,
  ) {
    this.deps = deps;
    this.caller = caller;
    this.requestId = requestId;
    this.request = request;
    this.appRoute = appRoute;
    this.#seed = seed;
  }

  get resourceSeed(): string {
    return (this.#seed ??= newUuid(this.deps.wall(), this.deps.random));
  }

  get responseHeaders(): Headers {
    return (this.headers ??= new Headers());
  }
}
