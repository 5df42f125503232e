import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { findBuyerOf } from "../store/buyer.ts";
import { presentBuyer } from "./present.ts";

export const getBuyerDetails = asCustomer.route(contract.buyers.get, async (_, context) => {
  const { deps, caller } = context;
  const buyer = await findBuyerOf(deps, caller.customerId);
  return answered(context, 200, buyer && presentBuyer(buyer));
});
