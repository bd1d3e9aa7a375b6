import { capabilities } from "./capability.ts";
import { missingFrames } from "./golden-coverage.ts";
import { checkGoldenFrame, coverageOf } from "./golden-frame.ts";
import { allowsWrite, asWritten } from "./point-write.ts";
import { isReadable } from "./profile.ts";
import { type ComplaintPath, complaintsAt, type ProfileComplaint } from "./profile-complaint.ts";
import type { BitCopy, Bits, IdentifyRead, ModbusPoint, ModbusProfile } from "./profile-modbus.ts";
import { maskOf, rawRange, rawRangeOf, widthOf } from "./registers.ts";
import { timedOnRequest } from "./timed-on.ts";

/** What only a Modbus profile can get wrong. */
export function checkModbus(profile: ModbusProfile): readonly ProfileComplaint[] {
  return [
    ...profile.points.flatMap((point, index) => checkPoint(profile, point, ["points", index])),
    ...checkOverlaps(profile.points),
    ...profile.identify.flatMap((read, index) => checkIdentify(profile, read, ["identify", index])),
    ...checkTiming(profile),
    ...checkAgentLoss(profile),
    ...checkGolden(profile),
  ];
}

function checkPoint(
  profile: ModbusProfile,
  point: ModbusPoint,
  path: ComplaintPath,
): readonly ProfileComplaint[] {
  const { found, complain } = complaintsAt(path, `${point.capability}: `);

  if (isBitSpace(point.space)) {
    if (point.type !== "bit") complain("type", `a ${point.space} is one bit: set \`type: bit\``);
    if (point.bit !== undefined) complain("bit", `a ${point.space} has no bits inside: remove \`bit\``);
  } else if (point.type === "bit") {
    if (point.bit === undefined)
      complain("type", `say which bit of the register it is: add \`bit: 0\` to \`15\``);
  } else if (point.bit !== undefined) complain("bit", "`bit` goes with `type: bit` only: remove one of them");

  if (point.bits !== undefined) checkBits(point, point.bits, complain);

  const width = widthOf(point.type);
  if (point.address + width > 0x1_0000) complain("address", "the value ends beyond address 65535");
  if (width > profile.timing.maxRead) complain("type", "it is longer than `timing.maxRead`: raise `maxRead`");
  if (point.scale === 0) complain("scale", "a scale of 0 makes every value equal: give the size of one step");
  if (point.range !== undefined && point.range.min > point.range.max)
    complain("range", "`min` is above `max`: swap them");
  const raw = rawRangeOf(point);
  if (point.invalid.some((value) => value < raw.min || value > raw.max))
    complain(
      "invalid",
      `a raw ${point.type} is never outside ${raw.min} to ${raw.max}: give raw numbers, unscaled`,
    );
  for (const entry of point.enum ?? [])
    if (typeof entry.raw === "string" || entry.raw < raw.min || entry.raw > raw.max)
      complain("enum", `a raw ${point.type} is a number from ${raw.min} to ${raw.max}: not ${entry.raw}`);
  return [...found, ...checkWrite(point, path)];
}

function checkBits(point: ModbusPoint, bits: Bits, complain: (key: string, message: string) => void): void {
  if (isBitSpace(point.space) || point.type !== "u16")
    complain("bits", "`bits` share a register: use them with `type: u16` in input or holding");
  if (bits.first > bits.last) complain("bits", "`first` is above `last`: swap them");
}

function checkWrite(point: ModbusPoint, path: ComplaintPath): readonly ProfileComplaint[] {
  const { write } = point;
  if (write === undefined) return [];
  const { found, complain } = complaintsAt([...path, "write"], `${point.capability}: `);

  // Where `address` names another place, the function says which space that is.
  const isCoil =
    write.address === undefined ? point.space === "coil" : write.function === 5 || write.function === 15;
  const isHolding = write.address === undefined ? point.space === "holding" : !isCoil;
  const allowed = isCoil ? [5, 15] : isHolding ? [6, 16] : [];
  if (allowed.length === 0)
    complain(
      "function",
      `a ${point.space} is read-only: remove \`write\`, or name the coil or holding register`,
    );
  else if (!allowed.includes(write.function))
    complain("function", `a ${point.space} is written with function ${allowed.join(" or ")}`);
  if (!capabilities[point.capability].writable)
    complain("function", "this capability is only ever read: remove `write`");
  const { bit, bits } = asWritten(point);
  const isPacked = isHolding && (bit !== undefined || bits !== undefined);
  if (isPacked && write.compose === undefined)
    complain("function", "the register has other bits too: add `compose` with where they are read");
  if (!isPacked && write.compose !== undefined)
    complain("compose", "only a packed register is composed: add `bits` or remove `compose`");
  for (const copy of write.compose ?? [])
    checkCopy(copy, bits ?? { first: bit ?? 0, last: bit ?? 15 }, complain);
  if (write.function === 6 && widthOf(point.type) === 2)
    complain("function", "function 6 writes one register and the value has two: use 16");
  if (write.min > write.max) complain("min", "`min` is above `max`: swap them");
  for (const key of ["min", "max"] as const)
    if (!allowsWrite(point, write[key]) && write.min <= write.max)
      complain(key, `the register cannot hold ${write[key]}: check type, scale, offset and \`invalid\``);
  return found;
}

function checkCopy(copy: BitCopy, own: Bits, complain: (key: string, message: string) => void): void {
  const last = copy.to + copy.bits.last - copy.bits.first;
  if (copy.bits.first > copy.bits.last) complain("compose", "`first` is above `last`: swap them");
  else if (last > 15)
    complain("compose", `bits ${copy.to} to ${last} do not fit into a register: check \`to\``);
  // A copy of the whole register is the plain read-modify-write: its own bits are replaced.
  else if (copy.to <= own.last && last >= own.first && maskOf(copy.bits) !== 0xffff)
    complain("compose", "it lies on the bits of the value itself: leave those out");
}

function checkOverlaps(points: readonly ModbusPoint[]): readonly ProfileComplaint[] {
  return points.flatMap((point, index) => {
    // A command shares its register: the same address written with different numbers.
    const other = points
      .slice(0, index)
      .find((candidate) => isReadable(candidate) && isReadable(point) && overlap(candidate, point));
    if (other === undefined) return [];
    const message =
      `${point.capability}: register ${point.address} (${point.space}) overlaps ${other.capability} at ` +
      `${other.address} (${other.type}): give each its own address or bit`;
    return [{ path: ["points", index, "address"], message }];
  });
}

function overlap(a: ModbusPoint, b: ModbusPoint): boolean {
  if (a.space !== b.space) return false;
  const apart = a.address + widthOf(a.type) <= b.address || b.address + widthOf(b.type) <= a.address;
  if (apart) return false;
  const [ours, theirs] = [bitsIn(a), bitsIn(b)];
  return ours === null || theirs === null || (ours.first <= theirs.last && theirs.first <= ours.last);
}

function bitsIn(point: ModbusPoint): Bits | null {
  if (point.bits !== undefined) return point.bits;
  return point.bit === undefined ? null : { first: point.bit, last: point.bit };
}

function checkIdentify(
  profile: ModbusProfile,
  read: IdentifyRead,
  path: ComplaintPath,
): readonly ProfileComplaint[] {
  const { found, complain } = complaintsAt(path);
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

function checkTiming({ timing, transport }: ModbusProfile): readonly ProfileComplaint[] {
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

/** The published order must be the one that our encoder makes. */
function checkAgentLoss({ agentLoss, points, transport }: ModbusProfile): readonly ProfileComplaint[] {
  const { found, complain } = complaintsAt(["agentLoss"], "agentLoss: ");
  if (agentLoss === undefined || agentLoss.kind === "none") return found;
  const isWritable = (name: string) =>
    points.some((point) => point.capability === name && point.write !== undefined);
  if (agentLoss.kind === "watchdog") {
    if (!isWritable(agentLoss.reset.capability)) complain("reset", "name a writable point");
    return found;
  }
  const stranger = agentLoss.outputs.find((output) => !isWritable(output.capability));
  if (stranger !== undefined) complain("outputs", `${stranger.capability} is no writable point of this file`);
  if (agentLoss.onMs > agentLoss.unitMs * agentLoss.maxUnits)
    complain("onMs", "longer than the device can be told: raise `maxUnits` or shorten it");
  const { capability, onMs, request } = agentLoss.example;
  const made = timedOnRequest(agentLoss, transport, capability, onMs);
  if (made !== request) complain("example", `${capability} for ${onMs} ms makes ${made}, not \`request\``);
  return found;
}

function checkGolden(profile: ModbusProfile): readonly ProfileComplaint[] {
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
  return [...wrong, ...missingFrames(profile, covered, isReadable)];
}

function isBitSpace(space: ModbusPoint["space"]): boolean {
  return space === "coil" || space === "discrete";
}
