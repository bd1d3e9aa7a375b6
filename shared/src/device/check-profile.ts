import { capabilities } from "./capability.ts";
import { checkGoldenFrame, coverageOf } from "./golden-frame.ts";
import { writeRequest } from "./point-write.ts";
import type { IdentifyRead, Profile, ProfilePoint } from "./profile.ts";
import { rawRange, widthOf } from "./registers.ts";

/** One thing wrong: where (keys and indexes from the top of the file) and a sentence with what to do. */
export interface ProfileComplaint {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What the schema alone cannot see. Empty for a profile that may be shipped. */
export function checkProfile(profile: Profile): readonly ProfileComplaint[] {
  return [
    ...profile.points.flatMap((point, index) => checkPoint(profile, point, ["points", index])),
    ...checkDuplicates(profile.points),
    ...checkOverlaps(profile.points),
    ...profile.identify.flatMap((read, index) => checkIdentify(profile, read, ["identify", index])),
    ...checkTiming(profile),
    ...checkGain(profile),
    ...checkSafeState(profile),
    ...checkGolden(profile),
  ];
}

type Path = readonly (string | number)[];

function checkPoint(profile: Profile, point: ProfilePoint, path: Path): readonly ProfileComplaint[] {
  const found: ProfileComplaint[] = [];
  const complain = (key: string, message: string) =>
    found.push({ path: [...path, key], message: `${point.capability}: ${message}` });

  if (isBitSpace(point.space)) {
    if (point.type !== "bit") complain("type", `a ${point.space} is one bit: set \`type: bit\``);
    if (point.bit !== undefined) complain("bit", `a ${point.space} has no bits inside: remove \`bit\``);
  } else if (point.type === "bit") {
    if (point.bit === undefined)
      complain("type", `say which bit of the register it is: add \`bit: 0\` to \`15\``);
  } else if (point.bit !== undefined) complain("bit", "`bit` goes with `type: bit` only: remove one of them");

  const width = widthOf(point.type);
  if (point.address + width > 0x1_0000) complain("address", "the value ends beyond address 65535");
  if (width > profile.timing.maxRead) complain("type", "it is longer than `timing.maxRead`: raise `maxRead`");
  if (point.scale === 0) complain("scale", "a scale of 0 makes every value equal: give the size of one step");
  if (point.range !== undefined && point.range.min > point.range.max)
    complain("range", "`min` is above `max`: swap them");
  const raw = rawRange[point.type];
  if (point.invalid.some((value) => value < raw.min || value > raw.max))
    complain(
      "invalid",
      `a raw ${point.type} is never outside ${raw.min} to ${raw.max}: give raw numbers, unscaled`,
    );
  return [...found, ...checkWrite(point, path)];
}

function checkWrite(point: ProfilePoint, path: Path): readonly ProfileComplaint[] {
  const { write } = point;
  if (write === undefined) return [];
  const found: ProfileComplaint[] = [];
  const complain = (key: string, message: string) =>
    found.push({ path: [...path, "write", key], message: `${point.capability}: ${message}` });

  const allowed = point.space === "coil" ? [5, 15] : point.space === "holding" ? [6, 16] : [];
  if (allowed.length === 0)
    complain(
      "function",
      `a ${point.space} is read-only: remove \`write\`, or name the coil or holding register`,
    );
  else if (!allowed.includes(write.function))
    complain("function", `a ${point.space} is written with function ${allowed.join(" or ")}`);
  if (!capabilities[point.capability].writable)
    complain("function", "this capability is only ever read: remove `write`");
  if (point.space === "holding" && point.type === "bit")
    complain(
      "function",
      "writing one bit of a packed register is not possible yet: use a coil or a whole register",
    );
  if (write.function === 6 && widthOf(point.type) === 2)
    complain("function", "function 6 writes one register and the value has two: use 16");
  if (write.min > write.max) complain("min", "`min` is above `max`: swap them");
  for (const key of ["min", "max"] as const)
    if (!writeRequest(point, write[key]).ok && write.min <= write.max)
      complain(key, `the register cannot hold ${write[key]}: check type, scale, offset and \`invalid\``);
  return found;
}

function checkDuplicates(points: readonly ProfilePoint[]): readonly ProfileComplaint[] {
  return points.flatMap((point, index) => {
    const first = points.findIndex((candidate) => candidate.capability === point.capability);
    if (first === index) return [];
    const message = `${point.capability} is already point ${first + 1}: each capability once; remove one`;
    return [{ path: ["points", index, "capability"], message }];
  });
}

function checkOverlaps(points: readonly ProfilePoint[]): readonly ProfileComplaint[] {
  return points.flatMap((point, index) => {
    const other = points.slice(0, index).find((candidate) => overlap(candidate, point));
    if (other === undefined) return [];
    const message =
      `${point.capability}: register ${point.address} (${point.space}) overlaps ${other.capability} at ` +
      `${other.address} (${other.type}): give each its own address or bit`;
    return [{ path: ["points", index, "address"], message }];
  });
}

function overlap(a: ProfilePoint, b: ProfilePoint): boolean {
  if (a.space !== b.space) return false;
  const apart = a.address + widthOf(a.type) <= b.address || b.address + widthOf(b.type) <= a.address;
  if (apart) return false;
  const bothPacked = a.type === "bit" && b.type === "bit" && a.bit !== undefined && b.bit !== undefined;
  return !(bothPacked && a.bit !== b.bit);
}

function checkIdentify(profile: Profile, read: IdentifyRead, path: Path): readonly ProfileComplaint[] {
  const found: ProfileComplaint[] = [];
  const complain = (key: string, message: string) => found.push({ path: [...path, key], message });
  const raw = rawRange[read.type];
  if (isBitSpace(read.space) !== (read.type === "bit"))
    complain("type", "identify: a coil or discrete input is a `bit`, a register is not");
  const width = widthOf(read.type);
  if (read.address + width > 0x1_0000 || width > profile.timing.maxRead)
    complain(
      "address",
      "identify: this read cannot be reached; keep it below address 65536 and within `maxRead`",
    );
  const { expect } = read;
  const bounds = "oneOf" in expect ? expect.oneOf : [expect.between.min, expect.between.max];
  if (bounds.some((value) => value < raw.min || value > raw.max))
    complain(
      "expect",
      `identify: a raw ${read.type} is never outside ${raw.min} to ${raw.max}, so this never agrees`,
    );
  if ("between" in expect && expect.between.min > expect.between.max)
    complain("expect", "identify: `min` is above `max`, so this never agrees: swap them");
  if ("between" in expect && expect.between.min <= raw.min && expect.between.max >= raw.max)
    complain("expect", "identify: this agrees with every device: narrow it");
  return found;
}

function checkTiming({ timing, transport }: Profile): readonly ProfileComplaint[] {
  const found: ProfileComplaint[] = [];
  if (transport.kind === "modbus-rtu" && timing.quarantineMs < timing.responseMs)
    found.push({
      path: ["timing", "quarantineMs"],
      message: "a late answer must die before the next request: make `quarantineMs` at least `responseMs`",
    });
  if (
    transport.kind === "modbus-rtu" &&
    timing.gapMs * transport.baud < 3.5 * 11 * 1_000 &&
    transport.baud < 19_200
  )
    found.push({
      path: ["timing", "gapMs"],
      message: `3.5 characters at ${transport.baud} baud take longer: make \`gapMs\` at least ${Math.ceil(38_500 / transport.baud)}`,
    });
  if (timing.maxHole >= timing.maxRead)
    found.push({
      path: ["timing", "maxHole"],
      message: "a hole as long as a whole read: make `maxHole` smaller",
    });
  return found;
}

function checkGain({ points, gain }: Profile): readonly ProfileComplaint[] {
  const write = points.find((point) => point.capability === "amplifier.gain")?.write;
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

function checkSafeState({ points, safeState }: Profile): readonly ProfileComplaint[] {
  const found: ProfileComplaint[] = safeState.flatMap((wanted, index) => {
    const point = points.find((candidate) => candidate.capability === wanted.capability);
    if (point !== undefined && writeRequest(point, wanted.value).ok) return [];
    const message = `${wanted.capability} cannot be written with ${wanted.value}: name a writable point and a value in its limits`;
    return [{ path: ["safeState", index], message }];
  });
  const power = points.find((point) => point.capability === "amplifier.power");
  if (power?.write !== undefined && !safeState.some((wanted) => wanted.capability === "amplifier.power"))
    found.push({
      path: ["safeState"],
      message: "say what happens to `amplifier.power` when the agent goes down: add it",
    });
  return found;
}

function checkGolden(profile: Profile): readonly ProfileComplaint[] {
  const wrong = profile.golden.flatMap((frame, index) =>
    checkGoldenFrame(profile, frame).map((message) => ({
      path: ["golden", index],
      message: `${frame.title}: ${message}`,
    })),
  );
  const covered = new Set(
    profile.golden.flatMap((frame) => {
      const way = coverageOf(profile, frame);
      return frame.expect.map((expected) => `${way} ${expected.capability}`);
    }),
  );
  const missing = profile.points.flatMap((point, index) => {
    const ways = point.write === undefined ? (["read"] as const) : (["read", "write"] as const);
    return ways
      .filter((way) => !covered.has(`${way} ${point.capability}`))
      .map((way) => ({
        path: ["points", index],
        message: `${point.capability}: no golden frame shows its ${way}: add request, reply and expected value`,
      }));
  });
  return [...wrong, ...missing];
}

function isBitSpace(space: ProfilePoint["space"]): boolean {
  return space === "coil" || space === "discrete";
}
