import { checkFacts } from "./check-facts.ts";
import { checkGpio } from "./check-gpio.ts";
import { checkModbus } from "./check-modbus.ts";
import { checkText } from "./check-text.ts";
import { checkUnits } from "./check-units.ts";
import { allowsWrite } from "./point-write.ts";
import { isGpio, isModbus, isReadable, isText, kindOf, type Profile, type ProfilePoint } from "./profile.ts";
import type { ProfileComplaint } from "./profile-complaint.ts";
import { encodeText } from "./text-point.ts";

/** What the schema alone cannot see. Empty for a profile that may be shipped. */
export function checkProfile(profile: Profile): readonly ProfileComplaint[] {
  return [
    ...(isModbus(profile) ? checkModbus(profile) : []),
    ...(isText(profile) ? checkText(profile) : []),
    ...(isGpio(profile) ? checkGpio(profile) : []),
    ...checkDuplicates(profile.points),
    ...checkKinds(profile.points),
    ...checkUnits(profile.points),
    ...checkGain(profile),
    ...checkSettings(profile),
    ...checkSequences(profile),
    ...checkFacts(profile),
  ];
}

function checkDuplicates(points: Profile["points"]): readonly ProfileComplaint[] {
  return points.flatMap((point, index) => {
    const first = points.findIndex((candidate) => candidate.capability === point.capability);
    if (first === index) return [];
    const message = `${point.capability} is already point ${first + 1}: each capability once; remove one`;
    return [{ path: ["points", index, "capability"], message }];
  });
}

function checkKinds(points: Profile["points"]): readonly ProfileComplaint[] {
  return points.flatMap((point, index) => {
    const kind = kindOf(point);
    const say = (message: string) => [
      { path: ["points", index, "kind"], message: `${point.capability}: ${message}` },
    ];
    if (kind === "setting" && point.write === undefined) return say("a setting is written: add `write`");
    if (kind !== "command") return [];
    if (point.write === undefined) return say("a command is written: add `write`");
    return point.write.verifyWithinMs === 0
      ? []
      : say("a command cannot be read back: set `verifyWithinMs: 0`");
  });
}

function checkGain({ points, gain }: Profile): readonly ProfileComplaint[] {
  const write = pointOf(points, "amplifier.gain")?.write;
  if (write === undefined && gain === undefined) return [];
  if (write === undefined)
    return [{ path: ["gain"], message: "no point writes `amplifier.gain`: add it or remove `gain`" }];
  if (gain === undefined)
    return [{ path: [], message: "`amplifier.gain` is writable: add `gain: { minDb, maxDb }`" }];
  if (gain.minDb >= write.min && gain.maxDb <= write.max && gain.minDb <= gain.maxDb) return [];
  return [
    {
      path: ["gain"],
      message: `keep \`gain\` within the point's write limits ${write.min} to ${write.max} dB`,
    },
  ];
}

/** Everything that the file itself wants written must be a point that takes the value. */
function checkSettings({ points, safeState, lease }: Profile): readonly ProfileComplaint[] {
  const found: ProfileComplaint[] = safeState.flatMap((wanted, index) => {
    if (takes(points, wanted.capability, wanted.value)) return [];
    const message = `${wanted.capability} cannot be written with ${wanted.value}: name a writable point and a value in its limits`;
    return [{ path: ["safeState", index], message }];
  });
  const power = pointOf(points, "amplifier.power");
  if (power?.write !== undefined && !safeState.some((wanted) => wanted.capability === "amplifier.power"))
    found.push({
      path: ["safeState"],
      message: "say what happens to `amplifier.power` when the agent goes down: add it",
    });
  for (const [index, { capability }] of lease.entries())
    if (!takes(points, capability, 0))
      found.push({
        path: ["lease", index],
        message: `${capability} cannot be switched off: name a point that takes 0`,
      });
  return found;
}

function checkSequences({ points, sequences }: Profile): readonly ProfileComplaint[] {
  return sequences.flatMap((sequence, index) => {
    const path = ["sequences", index];
    const twice = sequences.findIndex((other) => other.name === sequence.name) < index;
    const again = twice ? [{ path, message: `${sequence.name} is already there: one of each name` }] : [];
    const wrong = sequence.steps.flatMap((step, at) => {
      const say = (message: string) => [
        { path: [...path, "steps", at], message: `${sequence.name}: ${message}` },
      ];
      if ("write" in step)
        return takes(points, step.write.capability, step.write.value)
          ? []
          : say(`${step.write.capability} cannot be written with ${step.write.value}`);
      if (!("expect" in step)) return [];
      const { capability, value, between } = step.expect;
      const point = pointOf(points, capability);
      if (point === undefined || !isReadable(point)) return say(`${capability} is no point that can be read`);
      return (value === undefined) === (between === undefined) ? say("give either `value` or `between`") : [];
    });
    return [...again, ...wrong];
  });
}

function takes(points: Profile["points"], capability: string, value: number): boolean {
  const point = pointOf(points, capability);
  if (point?.write === undefined || value < point.write.min || value > point.write.max) return false;
  if ("space" in point) return allowsWrite(point, value);
  return "scale" in point ? encodeText(point, value) !== null : value === 0 || value === 1;
}

function pointOf(points: Profile["points"], capability: string): ProfilePoint | undefined {
  return [...points].find((point) => point.capability === capability);
}
