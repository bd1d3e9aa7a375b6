import type { BoxDirectory } from "./box-directory.ts";
import type { FleetMemory } from "./fleet-memory.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { StoredReceipt } from "./store/receipts.ts";
import type { TitleOf } from "./titles.ts";

export interface ReceiptNewsParts {
  readonly directory: BoxDirectory;
  readonly titleOf: TitleOf;
  readonly fleet: FleetMemory;
  readonly feed: LiveFeed;
}

/** Tells the page and the memory of a receipt that is in the store. */
export function createReceiptNews(parts: ReceiptNewsParts): (receipt: StoredReceipt) => void {
  const { directory, titleOf, fleet, feed } = parts;
  return ({ boxId, occurrenceId, sourceId, dueAt, verdict, cause, evidence, at }) => {
    const box = directory.find(boxId);
    if (box === null) return;
    const title = titleOf(sourceId);
    const { areaId, name: clusterName } = box.cluster;
    fleet.receiptCame(boxId, { occurrenceId, title, verdict, cause, dueAt, at });
    const row = { occurrenceId, title, boxId, clusterName, dueAt, verdict, cause, evidence, at };
    feed.publish({ kind: "receipt", areaId, row });
  };
}
