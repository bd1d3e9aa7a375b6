import { LEAST_EMERGENCY_DB } from "@loa/shared/broadcast/plan.ts";
import { type Instant, toLocal } from "@loa/shared/kernel/time.ts";
import type { KeyClass } from "@loa/shared/trust/keys.ts";
import type { Roster, RosterKey } from "@loa/shared/trust/roster.ts";

/** What a roster says, for whoever is asked to sign it. `before`: the one in force; what differs from it is marked. */
export function rosterInWords(roster: Roster, before: Roster | null): readonly string[] {
  const lines = linesOf(roster);
  if (before === null) return lines.map((line) => `  ${line}`);
  const old = linesOf(before);
  const gone = old.filter((line) => !lines.includes(line));
  return [
    ...lines.map((line) => `${old.includes(line) ? " " : "+"} ${line}`),
    ...gone.map((line) => `- ${line}`),
  ];
}

function linesOf(roster: Roster): readonly string[] {
  const { province, version, issuedAt, expiresAt, root, approvals, safety } = roster;
  const names = root.keys.map(({ id, publicKey }) => `${id} (${publicKey.slice(0, 8)}…)`).join(", ");
  const limits =
    safety === null
      ? "ordinary items have no limits of their own at the boxes"
      : `ordinary items: ${safety.from} to ${safety.to}, at most ${safety.maxDurationMs / 60_000} min each, ` +
        `${safety.maxGainDb} dB, ${safety.maxStartsPerHour} an hour; ` +
        `emergencies at ${safety.minEmergencyGainDb ?? LEAST_EMERGENCY_DB} dB or more`;
  return [
    `roster version ${version} of province ${province}, made ${dayOf(issuedAt)}, to be renewed by ${dayOf(expiresAt)}`,
    `offline root: ${root.threshold} of ${names}`,
    `persons who must approve: ${approvals.actual} for an actual emergency, ${approvals.exercise} for an exercise`,
    limits,
    ...roster.keys.flatMap(keyLines),
  ];
}

function keyLines(key: RosterKey): readonly string[] {
  const { id, algorithm, publicKey, holder, passkey, grants } = key;
  const whose =
    holder === null
      ? "a machine"
      : `${holder.name} (${holder.person})${passkey === null ? "" : `, passkey of ${passkey.rpId}`}`;
  const head = `key ${id} [${algorithm} ${publicKey.slice(0, 8)}…] of ${whose}`;
  return grants.map(({ classes, areas, from, to }) => {
    const what = classes.map((one) => wordFor[one]).join(", ");
    return `${head}: ${what}; in ${areas.join(", ")}; ${dayOf(from)} to ${dayOf(to)}`;
  });
}

const wordFor = {
  ordinary: "sends ordinary items",
  stop: "sends STOP",
  emergency: "carries approved emergencies",
  "approve-exercise": "approves exercises",
  "approve-actual": "approves ACTUAL emergencies",
} as const satisfies Record<KeyClass, string>;

function dayOf(at: Instant): string {
  return toLocal(at).date;
}
