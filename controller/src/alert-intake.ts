import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import type { CapAlert } from "@loa/shared/cap/cap-alert.ts";
import type { Clock, Crypto } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type Instant, MINUTE_MS, plus, toLocal } from "@loa/shared/kernel/time.ts";
import type { CapComplaint } from "@loa/shared/node/cap/cap-form.ts";
import type { AlertDrafts } from "./alert-drafts.ts";
import type { AlertRaising } from "./alert-raising.ts";
import { areasOfAlert } from "./domain/alert-areas.ts";
import { senderCertificates } from "./store/alert-senders.ts";
import { alertNamed, insertAlert, replaceAlert, type StoredAlert } from "./store/alerts.ts";
import { readTree } from "./store/areas.ts";
import { writeAudit } from "./store/audit.ts";
import { allPlacedClusters } from "./store/clusters.ts";
import type { Database } from "./store/database.ts";
import { readCapApart } from "./upstream/cap/read-cap-apart.ts";

export interface AlertIntakeParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Null: no alert becomes a draft by itself. */
  readonly alertDrafts: AlertDrafts | null;
  /** Null: none goes out by itself, whatever was approved. */
  readonly alertRaising: AlertRaising | null;
}

/** Who brings a message: a person with a session, or a machine that may speak for one sender only. */
export type AlertBearer =
  | {
      readonly kind: "person";
      readonly userId: UserId;
      /** Whether the person could raise an emergency in all these areas; none: it holds nowhere that we know. */
      readonly mayBring: (areas: readonly AreaId[], tree: AreaTree) => boolean;
    }
  | { readonly kind: "machine"; readonly sender: string }
  /** A feed that we ask: it may carry alerts of any sender that was let in. */
  | { readonly kind: "feed"; readonly url: string; readonly senders: readonly string[] };

export type AlertRefusal =
  | { readonly code: "cap-refused"; readonly complaints: readonly CapComplaint[] }
  | { readonly code: "sender-not-yours"; readonly sender: string }
  | { readonly code: "area-not-yours" }
  /** The same name with other content: one of the two is a forgery or a mistake. */
  | { readonly code: "alert-id-reused"; readonly id: string }
  | { readonly code: "busy" };

export interface TakenAlert {
  readonly id: string;
  /** False: this very message was here before. */
  readonly isNew: boolean;
  /** Our areas in which it holds; none of one that has been here for long. */
  readonly areas: readonly AreaId[];
}

/**
 * Takes in one message of CAP 1.2. Where persons have approved its sender and kind in advance it goes out in their words;
 * else it becomes something that a person looks at.
 */
export async function takeAlert(
  parts: AlertIntakeParts,
  bytes: Uint8Array,
  bearer: AlertBearer,
  /** For the message, if it is new. */
  id: string,
): Promise<Result<TakenAlert, AlertRefusal>> {
  const door = bearer.kind === "feed" ? "feed" : "posted";
  const read = await readCapApart(bytes, await senderCertificates(parts.db), door);
  if (!read.ok)
    return fail(read.error === "busy" ? { code: "busy" } : { code: "cap-refused", complaints: read.error });
  const alert = read.value;
  if (!maySpeakFor(bearer, alert.sender)) return fail({ code: "sender-not-yours", sender: alert.sender });
  const document = new TextDecoder().decode(bytes);
  const taken = await parts.db
    .transaction()
    .execute((tx) => store(parts, tx, { id, alert, document, bearer }));
  // Also when it is sent again: the power may have gone between the two. Who has a draft gets no second one.
  if (taken.ok && (taken.value.isNew || taken.value.areas.length > 0))
    await heed(parts, { id, alert, document, bearer }, taken.value.areas);
  return taken;
}

/** What the sender's own key has signed may go out by itself, whoever brings it; the rest waits for persons. */
async function heed(
  { alertDrafts, alertRaising }: AlertIntakeParts,
  { alert, document, bearer }: Arrived,
  areas: readonly AreaId[],
): Promise<void> {
  const left = (await alertRaising?.heed(alert, document, areas)) ?? areas;
  if (isVouchedFor(bearer, alert)) await alertDrafts?.heed(alert, left);
}

/** By the sender's own token or signature; what a person brings a person writes. */
function isVouchedFor({ kind }: AlertBearer, { isSignatureGood }: CapAlert): boolean {
  return kind === "machine" || (kind === "feed" && isSignatureGood);
}

function maySpeakFor(bearer: AlertBearer, sender: string): boolean {
  switch (bearer.kind) {
    case "person":
      return true;
    case "machine":
      return bearer.sender === sender;
    case "feed":
      return bearer.senders.includes(sender);
  }
}

/** Whoever got no answer sends again within this time; what is older was seen. */
const SENT_AGAIN_MS = 10 * MINUTE_MS;

function isLate(receivedAt: Instant, now: Instant): boolean {
  return now >= plus(receivedAt, SENT_AGAIN_MS);
}

const BY_SENDER = "sender:";

interface Arrived {
  readonly id: string;
  readonly alert: CapAlert;
  readonly document: string;
  readonly bearer: AlertBearer;
}

async function store(
  { clock, crypto }: AlertIntakeParts,
  tx: Database,
  { id, alert, document, bearer }: Arrived,
): Promise<Result<TakenAlert, AlertRefusal>> {
  const known = await alertNamed(tx, alert.sender, alert.identifier);
  // What a person brings may be forged: it takes the name away from nobody who proves to be the sender.
  const isReplaced = known !== null && isVouchedFor(bearer, alert) && !known.receivedBy.startsWith(BY_SENDER);
  if (known !== null && !isReplaced)
    return known.document === document
      ? ok({ id: known.id, isNew: false, areas: isLate(known.receivedAt, clock.now()) ? [] : known.areas })
      : fail({ code: "alert-id-reused", id: known.id });
  const now = clock.now();
  const tree = await readTree(tx, toLocal(now).date);
  const areas = await areasOf(tx, alert, tree);
  if (bearer.kind === "person" && !bearer.mayBring(areas, tree)) return fail({ code: "area-not-yours" });
  const stored: StoredAlert = {
    id: known?.id ?? id,
    receivedAt: now,
    receivedBy: bearer.kind === "person" ? bearer.userId : `${BY_SENDER}${alert.sender}`,
    alert,
    areas,
    dismissedAt: null,
    dismissedBy: null,
  };
  await (isReplaced ? replaceAlert : insertAlert)(tx, stored, document);
  await writeAudit(tx, {
    at: now,
    userId: bearer.kind === "person" ? bearer.userId : null,
    act: "alert.received",
    subject: `alert:${stored.id}`,
    areaId: stored.areas[0] ?? null,
    detail: {
      sender: alert.sender,
      identifier: alert.identifier,
      msgType: alert.msgType,
      status: alert.status,
      isSignatureGood: alert.isSignatureGood,
      ...(bearer.kind === "feed" ? { feed: bearer.url } : {}),
      documentSha256: crypto.sha256Hex(document),
    },
  });
  return ok({ id: stored.id, isNew: true, areas });
}

async function areasOf(tx: Database, alert: CapAlert, tree: AreaTree): Promise<readonly AreaId[]> {
  const places = alert.infos.flatMap(({ areas }) => areas);
  if (places.length === 0) return [];
  const clusters = (await allPlacedClusters(tx)).map(({ areaId, latitude, longitude }) => ({
    areaId,
    place: latitude === null || longitude === null ? null : { latitude, longitude },
  }));
  return areasOfAlert(places, tree, clusters);
}
