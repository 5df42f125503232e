// Everything that is known of a person, read anew and stored nowhere.
import { contract } from "../../contract/index.ts";
import { instant, instantOrNull, wallMs } from "../billing/clock.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { presentEvent } from "../http/present-event.ts";
import { atHome } from "../store/databases.ts";
import { listEventsOfStream } from "../store/events.ts";
import { listNotices } from "../store/notices.ts";
import { listPreferences } from "../store/notification-preferences.ts";
import { openPersonalData } from "../store/personal-data.ts";
import { listSessions } from "../store/sessions.ts";
import { findPerson } from "../store/user.ts";
import { presentSession } from "./present-session.ts";

const mostOfAKind = 1_000;

export const exportAccount = asCustomer.route(contract.account.export, async (_, context) => {
  const { deps, caller } = context;
  const { customerId, userId } = caller;
  const person = await findPerson(atHome(deps).db, userId);
  const sealed = await openPersonalData(deps, customerId);
  const sessions = await listSessions(atHome(deps).db, userId);
  const notices = (await listNotices(deps.db, customerId, mostOfAKind)) ?? [];
  const found = await listEventsOfStream(deps.db, customerId, { after: null, limit: mostOfAKind });
  const events = found.events.slice(0, mostOfAKind).map(presentEvent);
  const hasMore = found.events.length > mostOfAKind;
  return answered(context, 200, {
    userId,
    customerId,
    ...person,
    ...sealed,
    sessions: sessions.map(presentSession),
    notices: notices.map(({ kind, channel, status, createdAt }) => ({
      kind,
      channel,
      status,
      createdAt: instant(wallMs(createdAt)),
    })),
    choices: [...(await listPreferences(deps.db, customerId))],
    events,
    archivedUntil: instantOrNull(found.archived?.at ?? null),
    nextCursor: hasMore ? String(events.at(-1)?.position) : null,
  });
});
