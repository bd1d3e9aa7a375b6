import { z } from "zod";
import { sha256 } from "../kernel/ids.ts";
import { capability } from "./capability.ts";
import { alarmWhen } from "./profile-parts.ts";

/**
 * What hangs where in one cabinet: the site's own part, which no profile can know. Read from `devices.yaml` on the
 * box. The profile says what a product is; this says which one it is, on which line, and what its contacts mean here.
 */

const MAX_DEVICES = 16;
const MAX_THRESHOLDS = 16;
const MAX_USES = 32;

/** What people of this site call the device; names it in reports, logs and on the page. */
export const deviceAlias = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "1 to 32 of a-z, 0-9 and -")
  .brand("DeviceAlias");
export type DeviceAlias = z.infer<typeof deviceAlias>;

/** `serial:/dev/serial/by-id/…`, `tcp://HOST:PORT`, `udp://HOST:PORT`, or `gpio:/dev/gpiochip0` (`gpio:` finds the chip by its label). */
export const lineAddress = z
  .string()
  .max(200)
  .regex(/^(serial:\/.+|(tcp|udp):\/\/[^/\s]+:\d{1,5}|gpio:(\/dev\/gpiochip\d+)?)$/, {
    message: "serial:/dev/serial/by-id/…, tcp://HOST:PORT, udp://HOST:PORT or gpio:",
  });

/** Another limit than the profile's for one point that has an alarm. */
const threshold = z.strictObject({ capability, when: alarmWhen });

export const siteDevice = z.strictObject({
  alias: deviceAlias,
  /** File name without `.yaml`. */
  profile: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "the name of its file, without `.yaml`"),
  /** Of its canonical form: the box drives nothing by other bytes than these. */
  sha256: sha256.optional(),
  line: lineAddress,
  /** Where several share a line; the profile's factory default where it is left out. */
  unit: z
    .union(
      [z.int().min(0).max(255), z.string().min(1).max(16)],
      "write a number from 0 to 255, or the name that the device has on its line",
    )
    .optional(),
  thresholds: z.array(threshold).max(MAX_THRESHOLDS).default([]),
  /** How contacts and relays are wired here: `relay.1: amplifier.power`. Points that are not named keep their own name. */
  wiring: z.partialRecord(capability, capability).default({}),
});
export type SiteDevice = z.infer<typeof siteDevice>;

export const siteBinding = z
  .strictObject({ devices: z.array(siteDevice).min(1).max(MAX_DEVICES) })
  .refine(({ devices }) => new Set(devices.map(({ alias }) => alias)).size === devices.length, {
    message: "two devices have the same alias",
  })
  .refine(({ devices }) => devices.every(({ wiring }) => Object.keys(wiring).length <= MAX_USES), {
    message: `more than ${MAX_USES} wires at one device`,
  });
export type SiteBinding = z.infer<typeof siteBinding>;

/** Of the one device of a box that has no binding of its own. */
export const ONLY_DEVICE = deviceAlias.parse("amplifier");
