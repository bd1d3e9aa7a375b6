import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { BoxNow, BoxRow } from "./domain/box-row.ts";

/** What we know of the boxes now, from memory. Whoever asks has already chosen the boxes it may see. */
export interface FleetView {
  /** In the order asked; boxes that are not known (not enrolled, revoked) are left out. */
  rows(boxes: readonly BoxId[]): readonly BoxRow[];
  now(box: BoxId): BoxNow | null;
  /** Of every box in service: the roster that it says to believe; 0 where it has none, or was not heard. */
  rosterVersions(): readonly number[];
}
