import { capabilities } from "./capability.ts";
import type { Profile, ProfilePoint } from "./profile.ts";
import type { ProfileComplaint } from "./profile-complaint.ts";

type Unit = (typeof capabilities)[keyof typeof capabilities]["unit"];

/** What a number in this unit can be on a pole; a range beyond it is a wrong scale or another unit. */
const plausible: Readonly<Record<Unit, { readonly min: number; readonly max: number }>> = {
  bool: { min: 0, max: 1 },
  "%": { min: 0, max: 100 },
  dB: { min: -130, max: 40 },
  dBFS: { min: -150, max: 20 },
  "°C": { min: -60, max: 200 },
  V: { min: -100, max: 1_000 },
  A: { min: -500, max: 500 },
  W: { min: -100_000, max: 100_000 },
  VA: { min: 0, max: 100_000 },
  Wh: { min: 0, max: 1e12 },
  Hz: { min: 0, max: 1_000 },
  Ω: { min: 0, max: 100_000 },
  ratio: { min: -1, max: 1 },
  pulses: { min: 0, max: 0xffff_ffff },
  number: { min: 0, max: 0xffff },
};

/** Ranges, limits and names must be numbers in the unit of the capability, after scale and offset. */
export function checkUnits(points: Profile["points"]): readonly ProfileComplaint[] {
  return [...points].flatMap((point, index) => {
    const { unit } = capabilities[point.capability];
    const { min, max } = plausible[unit];
    const far = spansOf(point).filter((span) => span.min < min || span.max > max);
    const outside = far.map(({ key }) => ({
      path: ["points", index, key],
      message: `${point.capability}: in ${unit} this is between ${min} and ${max}: check scale and unit`,
    }));
    return [...outside, ...checkBool(point, index, unit)];
  });
}

/** A yes or no that can say 7 is a forgotten `bit`, `enum` or `range`. */
function checkBool(point: ProfilePoint, index: number, unit: Unit): readonly ProfileComplaint[] {
  const say = (message: string) => [
    { path: ["points", index, "type"], message: `${point.capability}: ${message}` },
  ];
  if (!("type" in point)) return [];
  const isBit = point.type === "bit" || (point.bits !== undefined && point.bits.first === point.bits.last);
  if (isBit && unit !== "bool" && point.enum === undefined)
    return say(`one bit cannot hold a number in ${unit}`);
  if (isBit || unit !== "bool" || point.enum !== undefined) return [];
  return point.range?.max === 1
    ? []
    : say("yes or no from a whole register: add `bit`, `enum` or `range: { min: 0, max: 1 }`");
}

function spansOf(point: ProfilePoint) {
  const spans: { key: string; min: number; max: number }[] = [];
  if (point.write !== undefined) spans.push({ key: "write", min: point.write.min, max: point.write.max });
  if (!("scale" in point)) return spans;
  if (point.range !== undefined) spans.push({ key: "range", ...point.range });
  for (const { value } of point.enum ?? []) spans.push({ key: "enum", min: value, max: value });
  return spans;
}
