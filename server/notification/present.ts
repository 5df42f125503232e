// Preferences and the delivery log as the contract shows them.
import { noticeKinds, type NotificationPreference, type SentNotice } from "../../contract/notification.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { isAlwaysTold, isWanted, type Preference } from "../billing/notice.ts";
import type { StoredNotice } from "../store/notices.ts";

/** One entry for each kind, with what holds where nothing was chosen. */
export function presentPreferences(chosen: readonly Preference[]): NotificationPreference[] {
  return noticeKinds.map((kind) => ({
    kind,
    email: isWanted(chosen, { kind, channel: "email" }),
    sms: isWanted(chosen, { kind, channel: "sms" }),
    always: isAlwaysTold(kind),
  }));
}

export function presentNotice({
  about,
  kind,
  channel,
  status,
  attempts,
  createdAt,
  endedAt,
}: StoredNotice): SentNotice {
  return { about, kind, channel, status, attempts, createdAt: instant(createdAt), endedAt: instantOrNull(endedAt) };
}
