import { type Capability, capabilities } from "./capability.ts";
import { isModbus, type Profile, type ProfilePoint } from "./profile.ts";
import type { ProfileComplaint } from "./profile-complaint.ts";
import type { AlarmWhen } from "./profile-parts.ts";
import type { SiteDevice } from "./site-binding.ts";

/** What a site does to a profile: its wires give contacts a meaning, its thresholds move alarms. */
type Wiring = SiteDevice["wiring"];
export type SiteMeaning = Pick<SiteDevice, "thresholds" | "wiring">;

/**
 * The profile as it hangs in this cabinet: `relay.1` that is wired to the amplifier is `amplifier.power` everywhere, in
 * points, sequences, lease and safe state. Whoever drives it needs to know nothing of wires. Golden frames stay as
 * the maker's words.
 */
export function boundProfile<Kind extends Profile>(profile: Kind, { thresholds, wiring }: SiteMeaning): Kind {
  const named = (own: Capability): Capability => wiring[own] ?? own;
  const limits = new Map(thresholds.map(({ capability, when }) => [capability, when]));
  const points = [...profile.points].map((point) => ({
    ...withLimit(point, limits.get(point.capability)),
    capability: named(point.capability),
  }));
  return {
    ...profile,
    points,
    sequences: profile.sequences.map((sequence) => ({
      ...sequence,
      steps: sequence.steps.map((step) => {
        if ("write" in step) return { write: renamed(step.write, wiring) };
        return "expect" in step ? { expect: renamed(step.expect, wiring) } : step;
      }),
    })),
    lease: profile.lease.map((one) => renamed(one, wiring)),
    safeState: profile.safeState.map((one) => renamed(one, wiring)),
    ...boundLoss(profile, wiring),
  };
}

/**
 * Whether this device is the loudspeaker's: it switches or feeds it, or measures what it gives. What only stands
 * beside it (a meter, a supply) is no reason why nobody hears.
 */
export function isAmplifier({ points }: Pick<Profile, "points">): boolean {
  return [...points].some(({ capability, write }) => {
    if (capability === "amplifier.level") return true;
    return write !== undefined && /^(amplifier|zone|input)\./.test(capability);
  });
}

/** What is wrong about the wires and limits of one device; paths begin at the device. */
export function checkMeaning(
  profile: Profile,
  { thresholds, wiring }: SiteMeaning,
): readonly ProfileComplaint[] {
  const points = new Map([...profile.points].map((point) => [point.capability, point]));
  const wires = Object.entries(wiring) as readonly (readonly [Capability, Capability])[];
  return [
    ...wires.flatMap(([own, meaning]) => checkWire(profile, points.get(own), own, meaning)),
    ...checkTwice(profile, wiring),
    ...thresholds.flatMap(({ capability }, index) => {
      if (points.get(capability)?.alarm !== undefined) return [];
      const message = `${profile.id} has no alarm for ${capability}: only points with \`alarm\` have a threshold`;
      return [{ path: ["thresholds", index, "capability"], message }];
    }),
  ];
}

function checkWire(
  { id }: Profile,
  point: ProfilePoint | undefined,
  own: Capability,
  meaning: Capability,
): readonly ProfileComplaint[] {
  const say = (message: string) => [{ path: ["wiring", own], message }];
  if (point === undefined) return say(`${id} has no ${own}: name a point of the profile`);
  if (capabilities[own].unit !== capabilities[meaning].unit)
    return say(`${own} is ${capabilities[own].unit}, ${meaning} is ${capabilities[meaning].unit}`);
  if (point.write !== undefined && !capabilities[meaning].writable)
    return say(`${own} switches, but ${meaning} can only be read: wire it to something that is switched`);
  return [];
}

/** Two points with one name could not be told apart. */
function checkTwice({ points }: Profile, wiring: Wiring): readonly ProfileComplaint[] {
  const seen = new Map<Capability, Capability>();
  return [...points].flatMap(({ capability: own }) => {
    const meaning = wiring[own] ?? own;
    const other = seen.get(meaning);
    seen.set(meaning, own);
    if (other === undefined) return [];
    return [
      {
        path: ["wiring"],
        message: `${other} and ${own} would both be ${meaning}: wire one of them elsewhere`,
      },
    ];
  });
}

function withLimit<Point extends ProfilePoint>(point: Point, when: AlarmWhen | undefined): Point {
  if (when === undefined || point.alarm === undefined) return point;
  return { ...point, alarm: { ...point.alarm, when } };
}

function renamed<Named extends { readonly capability: Capability }>(one: Named, wiring: Wiring): Named {
  return { ...one, capability: wiring[one.capability] ?? one.capability };
}

function boundLoss(profile: Profile, wiring: Wiring) {
  if (!isModbus(profile) || profile.agentLoss === undefined) return {};
  const loss = profile.agentLoss;
  switch (loss.kind) {
    case "none":
      return {};
    case "timed-on":
      return { agentLoss: { ...loss, outputs: loss.outputs.map((one) => renamed(one, wiring)) } };
    case "watchdog":
      return { agentLoss: { ...loss, reset: renamed(loss.reset, wiring) } };
  }
}
