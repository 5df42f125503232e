import { contract } from "../../contract/index.ts";
import { instantOrNull } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { findRotation } from "../store/key-rotation.ts";
import { leftUnderOldKeys } from "../store/reseal.ts";

export const getKeyRotation = asOperator.route(contract.keyRotation.get, async (_, context) => {
  const { db, sealer } = context.deps;
  const [keyId] = sealer.keyIds;
  const rotation = await findRotation(db, keyId);
  return answered(context, 200, {
    keyId,
    begunAt: instantOrNull(rotation?.begunAt ?? null),
    completedAt: instantOrNull(rotation?.completedAt ?? null),
    left: await leftUnderOldKeys(context.deps),
  });
});
