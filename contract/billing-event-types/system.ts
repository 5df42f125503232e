// Events of what we hold against the gateway, and of the books: their streams have no customer.
import * as z from "zod";
import { PayoutId } from "../common/id.ts";
import { Rials, SignedRials } from "../common/money.ts";
import { TehranDate } from "../common/time.ts";
import { JalaliMonth } from "../finance.ts";
import { at, count, word, type EventTypes } from "./fields.ts";

const signed = (description: string, example: number) => SignedRials.meta({ description, example });

const sealingKeyId = word("Id of the sealing key; the key itself is in no event.", "k2");

const hash = (description: string) =>
  z
    .string()
    .length(64)
    .meta({ description, example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" });

const operatorId = word("Id of the operator's account.", "kQ3vPz81");

export const systemEvents = {
  "epoch.started": [
    "A backup was restored: the log goes on in a new epoch, with collecting stopped.",
    {
      epoch: count("The new epoch.", 2),
      restoredPosition: count("`position` of the last event that the backup knows.", 1_042),
      beginsAtPosition: count("`position` of this event: beyond all that were ever given.", 2_000_000_000_000),
    },
  ],
  "epoch.recalled": [
    "The signed files of the audit trail told again what the backup had forgotten.",
    {
      epoch: count("The epoch that recalled it.", 2),
      fromPosition: count("`position` after which events were told again.", 1_042),
      toPosition: count("`position` of the last of them; `fromPosition` when there were none.", 2_310),
      file: word("The last file that was read; empty when there was none.", "2026-11-22-001"),
    },
  ],
  "epoch.settled": [
    "What fell due in the time that nothing tells of was looked into: from here on it is debited again.",
    { epoch: count("The epoch.", 2) },
  ],
  "log.archived": [
    "Events older than 400 days left the log: they stand in a signed file of the audit trail.",
    {
      file: word("The file that holds them.", "2026-11-22-001"),
      part: count("Its segment, from 1.", 1),
      throughPosition: count("`position` of the last event of the segment.", 500),
      sha256: hash("SHA-256 of the segment."),
      root: hash("The file's root, which is signed."),
    },
  ],
  "reconciliation.completed": [
    "A day's payments were held against the gateway's.",
    {
      day: TehranDate,
      oursCount: count("Payments that settled on that day by our books.", 12),
      oursRials: Rials,
      gatewayCount: count("Those of them that the gateway says it has taken.", 12),
      gatewayRials: Rials,
      feesRials: Rials.meta({ description: "The gateway's fees of them, as booked, in Rials.", example: 30_000 }),
      differenceRials: Rials.meta({ description: "`oursRials` less `gatewayRials`.", example: 0 }),
    },
  ],
  "payout.imported": [
    "Lines of the gateway's payout file were matched to what it owed us.",
    {
      payoutId: PayoutId,
      lines: count("Lines of the file.", 40),
      matched: count("Lines that were booked.", 39),
      differences: count("Lines that are not what we have booked; they wait.", 1),
      alreadyImported: count("Lines that an import before had, which change nothing.", 0),
      paidOutRials: signed("What came to the bank, in Rials; below zero when more was taken back.", 9_750_000),
      feeDifferenceRials: signed("Fees above what we had booked, in Rials; below zero when lower.", 0),
      fileHash: hash("SHA-256 of the file."),
    },
  ],
  "month.closed": [
    "No entry of the ledger can be dated in this month any more.",
    {
      month: JalaliMonth,
      endsAt: at("The first moment after it."),
      debitRials: Rials.meta({
        description: "All debits of the ledger through its end, in Rials.",
        example: 6_578_000,
      }),
    },
  ],
  "key_rotation.begun": [
    "What stands sealed under old keys is being sealed anew under this one.",
    {
      keyId: sealingKeyId,
      count: count("Texts that do not stand under it yet.", 4_200),
    },
  ],
  "key_rotation.completed": ["Nothing stands sealed under an old key any more.", { keyId: sealingKeyId }],
  "operator.second_factor_enrolled": ["An operator has a second factor.", { userId: operatorId }],
  "operator.second_factor_disabled": ["An operator has given theirs up.", { userId: operatorId }],
  "operator.second_factor_reset": ["Another operator has taken away one that was lost.", { userId: operatorId }],
  "operator.backup_code_used": [
    "An operator signed in without their authenticator.",
    { userId: operatorId, left: count("Backup codes that are left.", 9) },
  ],
} as const satisfies EventTypes;
