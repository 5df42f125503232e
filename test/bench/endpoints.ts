// Real endpoints, and beside each a Worker that knows nothing: the statements that the application sent, sent again to a
// database that is like the application's.
import { env } from "cloudflare:workers";
import { contract } from "../../contract/index.ts";
import { createApp } from "../../server/app.ts";
import { handlers } from "../../server/router.ts";
import { aStage, granted, messagesOf, requestOf, type Stage } from "../support/granted.ts";
import { aWorld } from "../support/world.ts";
import { bareDatabase } from "./bare-database.ts";
import { copied } from "./copied.ts";
import { recorded, sentAgain, type Trip } from "./recorder.ts";
import { timed } from "./timed.ts";

/** Makes one request; what has to be done for it before is not timed. */
type Draw = (stage: Stage) => Promise<Request>;

interface Ready {
  /** The application by itself: a world looks at every answer besides. */
  readonly app: Pick<Stage["world"], "fetch">;
  readonly stage: Stage;
  readonly draws: Readonly<Record<string, Draw>>;
  /** The round trips since it was last asked. */
  readonly take: () => readonly Trip[];
}

let ready: Promise<Ready> | undefined;

/** `name` says which, `times` how often; the same number of requests is then sent again without the application. */
export async function endpoints(search: URLSearchParams): Promise<object> {
  const name = search.get("name") ?? "";
  const its = await (ready ??= prepare());
  const draw = its.draws[name];
  if (!draw) throw new Error(`There is no endpoint ${name}`);
  return compared(its, draw, Number(search.get("times")));
}

/** What they stand on, and a database that is like it. */
async function prepare(): Promise<Ready> {
  let trips: Trip[] = [];
  const world = aWorld({
    disturb: (deps) => ({ ...deps, db: recorded(env.DB, (trip) => void trips.push(trip)), log: () => undefined }),
  });
  const stage = await aStage(world);
  const draws = await drawsOf(stage);
  await world.drain();
  const take = () => {
    const taken = trips;
    trips = [];
    return taken;
  };
  take();
  await copied(env.DB, bareDatabase());
  const app = createApp(world.invocation(), handlers);
  return { app: { fetch: async (request) => app.fetch(request) }, stage, draws, take };
}

async function drawsOf(stage: Stage): Promise<Readonly<Record<string, Draw>>> {
  const { token, body } = await messagesOf(stage);
  const { sara, operator, productId } = stage;
  const more = { productId, messages: 1_000_000, reason: "For as many rounds as anybody wants" };
  const adding = { token: operator.token, params: { customerId: body.customerId }, body: more };
  await answered(stage.world, requestOf(contract.quotas.addMessages, adding, crypto.randomUUID()));
  return {
    state: async () => requestOf(contract.customers.state, { token, params: { customerId: body.customerId } }),
    // One message each.
    reserve: async () => {
      const wanted = { ...body, id: crypto.randomUUID(), messages: 1 };
      // As partners ask: a reservation's own id is its key.
      return requestOf(contract.quotas.reserve, { token, body: wanted });
    },
    list: async () => requestOf(contract.invoices.list, { token: sara.token }),
    subscribe: async () => {
      const wanted = await granted["subscriptions.create"]?.(stage);
      if (!wanted) throw new Error("Nobody may subscribe");
      return requestOf(contract.subscriptions.create, wanted, crypto.randomUUID());
    },
  };
}

/** The application first, then its statements alone, in the same order; both in milliseconds. */
async function compared({ app, stage, take }: Ready, draw: Draw, times: number): Promise<object> {
  const requests: Request[] = [];
  for (let time = 0; time < times; time++) requests.push(await draw(stage));
  await sentAgain(bareDatabase(), take());
  const sent: (readonly Trip[])[] = [];
  const oursMs = await timed(async () => {
    for (const request of requests) {
      await answered(app, request);
      sent.push(take());
    }
  });
  const bareMs = await timed(async () => {
    for (const trips of sent) Response.json(await sentAgain(bareDatabase(), trips));
  });
  return { oursMs, bareMs, roundTrips: sent.flat().length / times };
}

async function answered(app: Pick<Stage["world"], "fetch">, request: Request): Promise<void> {
  const response = await app.fetch(request);
  if (!response.ok) throw new Error(`${request.url} answered ${response.status}: ${await response.text()}`);
}
