import type { Instant } from "@loa/shared/kernel/time.ts";

/** What of an incoming alert decides what it means for the others. */
export interface AlertFacts {
  readonly id: string;
  readonly sender: string;
  readonly identifier: string;
  readonly sentText: string;
  readonly status: "Actual" | "Exercise" | "System" | "Test" | "Draft";
  readonly msgType: "Alert" | "Update" | "Cancel" | "Ack" | "Error";
  readonly references: readonly AlertName[];
  /** The last instant at which any of it holds; null: it does not say. */
  readonly expiresAt: Instant | null;
  readonly dismissedAt: Instant | null;
}

/** How CAP names a message: all three must agree (OASIS CAP 1.2, `references`). */
export interface AlertName {
  readonly sender: string;
  readonly identifier: string;
  readonly sentText: string;
}

/**
 * `open`: somebody should look at it. `superseded`, `cancelled`: a later message of the same sender says so, whichever
 * of them came first. `no-alert`: an acknowledgement, an error report or the cancelling itself.
 */
export type AlertStanding = "open" | "superseded" | "cancelled" | "expired" | "dismissed" | "no-alert";

/**
 * Of every alert, in whatever order they arrived. Nobody cancels what another one has sent, and no exercise or test
 * what is actual.
 */
export function standingsOf(all: readonly AlertFacts[], now: Instant): ReadonlyMap<string, AlertStanding> {
  const ended = new Map<string, "superseded" | "cancelled">();
  for (const { msgType, sender, status, references } of all) {
    if (msgType !== "Update" && msgType !== "Cancel") continue;
    for (const reference of references) {
      if (reference.sender !== sender) continue;
      const name = nameOf(reference, status);
      if (msgType === "Cancel" || !ended.has(name))
        ended.set(name, msgType === "Cancel" ? "cancelled" : "superseded");
    }
  }
  return new Map(
    all.map((one) => [one.id, standingOf(one, ended.get(nameOf(one, one.status)) ?? null, now)]),
  );
}

function standingOf(
  { msgType, expiresAt, dismissedAt }: AlertFacts,
  ended: "superseded" | "cancelled" | null,
  now: Instant,
): AlertStanding {
  if (msgType !== "Alert" && msgType !== "Update") return "no-alert";
  if (ended !== null) return ended;
  if (dismissedAt !== null) return "dismissed";
  return expiresAt !== null && expiresAt <= now ? "expired" : "open";
}

function nameOf({ sender, identifier, sentText }: AlertName, status: AlertFacts["status"]): string {
  // None of the three may hold a comma.
  return `${status},${sender},${identifier},${sentText}`;
}
