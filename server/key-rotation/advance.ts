// One step of a rotation of the sealing keys. A command asks for one after the other; nothing is kept between them.
import { contract } from "../../contract/index.ts";
import { logFault } from "../http/fault.ts";
import { answered, asOperator } from "../http/handler.ts";
import { beginRotation, completeRotation } from "../store/key-rotation.ts";
import { reseal } from "../store/reseal.ts";

export const advanceKeyRotation = asOperator.route(contract.keyRotation.advance, async ({ body }, context) => {
  const { deps, caller, requestId } = context;
  const by = { actor: `operator:${caller.userId}` } as const;
  const cursor = body.cursor ?? null;
  if (cursor === null) await beginRotation(deps, by);
  const unreadable = (fault: unknown, place: string) =>
    logFault(deps, fault, { event: `sealed_text_unreadable.${place}`, requestId });
  const step = await reseal({ ...deps, unreadable }, cursor);
  if (step.nextCursor === null) await completeRotation(deps, by);
  return answered(context, 200, { keyId: deps.sealer.keyIds[0], ...step });
});
