import type { IdentifyRead } from "@loa/shared/device/profile-modbus.ts";

/** A number that the profile accepts at this place. */
export function rightIdentity({ expect }: IdentifyRead): number {
  if ("oneOf" in expect) return expect.oneOf[0] ?? 0;
  return Math.ceil((expect.between.min + expect.between.max) / 2);
}

/** A number that it does not accept: the first one above all that it does. */
export function wrongIdentity(read: IdentifyRead): number {
  const { expect } = read;
  if (read.type === "bit") return 1 - rightIdentity(read);
  const most = "oneOf" in expect ? Math.max(...expect.oneOf) : expect.between.max;
  return most >= 0xffff ? 0x55aa : most + 1;
}
