import { contract } from "../../contract/index.ts";
import { answered, asPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { releaseReservation } from "../store/quota.ts";
import { presentReservation } from "./present.ts";
import { whereItIs } from "./where-it-is.ts";

export const releaseReservationHandler = asPartner.route(
  contract.quotas.releaseReservation,
  async ({ params }, context) => {
    const { deps, caller } = context;
    const key = { partnerId: caller.partnerId, id: params.reservationId };
    const standing = await whereItIs(deps, (db) => releaseReservation(db, key, deps.wall()));
    if (!standing) return refusal(context, "not_found");
    const { status, usedMessages } = standing.reservation;
    if (status !== "committed") return answered(context, 200, presentReservation(standing));
    return refusal(context, "reservation_settled", `${key.id} was committed with ${usedMessages} before.`);
  },
);
