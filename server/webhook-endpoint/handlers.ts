// The handlers of webhook endpoints by their names in the contract.
import { archiveEndpointHandler } from "./archive.ts";
import { createEndpointHandler } from "./create.ts";
import { listDeliveriesHandler } from "./deliveries.ts";
import { enableEndpointHandler } from "./enable.ts";
import { getEndpoint } from "./get.ts";
import { listEndpointsHandler } from "./list.ts";
import { replayEvent } from "./replay-one.ts";
import { replayEvents } from "./replay.ts";
import { rotateSecretHandler } from "./rotate-secret.ts";
import { testEndpointHandler } from "./test.ts";
import { updateEndpointHandler } from "./update.ts";

export const webhookEndpoints = {
  create: createEndpointHandler,
  list: listEndpointsHandler,
  get: getEndpoint,
  update: updateEndpointHandler,
  archive: archiveEndpointHandler,
  enable: enableEndpointHandler,
  rotateSecret: rotateSecretHandler,
  test: testEndpointHandler,
  deliveries: listDeliveriesHandler,
  replay: replayEvents,
  replayOne: replayEvent,
};
