import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { BoxNow, BoxRow } from "./domain/box-row.ts";

/** What we know of the boxes now, from memory. Whoever asks has already chosen the boxes it may see. */
export interface FleetView {
  /** In the order asked; boxes that are not known (not enrolled, revoked) are left out. */
  rows(boxes: readonly BoxId[]): readonly BoxRow[];
  now(box: BoxId): BoxNow | null;
}
