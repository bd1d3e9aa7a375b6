import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";

/** The name of a box of the crowd of 10,000, which is its password too. */
export function crowdBox(number: number): BoxId {
  return boxId.parse(`dam-dong-${number}`);
}
