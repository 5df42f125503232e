import { contract } from "../../contract/index.ts";
import { answered, asPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { commitReservation } from "../store/quota.ts";
import { presentReservation } from "./present.ts";
import { whereItIs } from "./where-it-is.ts";

export const commitReservationHandler = asPartner.route(
  contract.quotas.commitReservation,
  async ({ params, body }, context) => {
    const { deps, caller } = context;
    const key = { partnerId: caller.partnerId, id: params.reservationId };
    const standing = await whereItIs(deps, (db) => commitReservation(db, key, body?.messages ?? null, deps.wall()));
    if (!standing) return refusal(context, "not_found");
    const { status, messages, usedMessages } = standing.reservation;
    if (status === "committed" && usedMessages === (body?.messages ?? messages)) {
      return answered(context, 200, presentReservation(standing));
    }
    const before = status === "committed" ? `committed with ${usedMessages}` : status;
    return refusal(context, "reservation_settled", `${key.id} was ${before} before.`);
  },
);
