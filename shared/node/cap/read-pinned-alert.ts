import type { CapAlert } from "@loa/shared/cap/cap-alert.ts";
import { fail, type Result } from "@loa/shared/kernel/result.ts";
import type { AlertUnread } from "@loa/shared/trust/alert-order.ts";
import type { SenderKey } from "@loa/shared/trust/standing-approval.ts";
import { unpackAlert } from "./packed-alert.ts";
import { readCap } from "./read-cap.ts";
import { readSignedPart } from "./read-signed-cap.ts";

/**
 * Looking for the parts of a signature takes the square of these. An alert with twelve blocks for ten communes each has a
 * thousand; what has more waits for persons.
 */
const MAX_ELEMENTS = 3_000;

/** What one of these keys has signed of the alert that came packed; whoever packed it is not asked. */
export function readPinnedAlert(packed: string, keys: readonly SenderKey[]): Result<CapAlert, AlertUnread> {
  const bytes = unpackAlert(packed);
  if (bytes === null) return fail("alert-unreadable");
  const outer = readCap(bytes, MAX_ELEMENTS);
  if (!outer.ok) return fail("alert-unreadable");
  const signed = readSignedPart(bytes, outer.value, keys);
  return signed.ok ? signed : fail("alert-unsigned");
}
