import type { Booking } from "../../contract/finance.ts";
import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listBookings, type StoredBooking } from "../store/bookings.ts";

export const listBookingsOfCustomer = asOperator.route(
  contract.finance.listBookingsOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const bookings = await listBookings(context.deps.db, customerId, query);
    return answeredPageOf(context, bookings, { customerId, limit: query.limit, present: presentBooking });
  },
);

function presentBooking({ id: eventId, type, at, entries }: StoredBooking): Booking {
  return { eventId, type, at: instant(at), entries };
}
