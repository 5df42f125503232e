import { contract } from "../../contract/index.ts";
import { answered, asPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findReservation } from "../store/quota.ts";
import { presentReservation } from "./present.ts";
import { whereItIs } from "./where-it-is.ts";

export const getReservation = asPartner.route(contract.quotas.getReservation, async ({ params }, context) => {
  const { deps, caller } = context;
  const key = { partnerId: caller.partnerId, id: params.reservationId };
  const standing = await whereItIs(deps, (db) => findReservation(db, key, deps.wall()));
  return standing ? answered(context, 200, presentReservation(standing)) : refusal(context, "not_found");
});
