import { z } from "zod";

/** Ids travel in topics, file names and URLs, so they are short, lower case and free of separators. */
const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

function id<Name extends string>(name: Name) {
  return z.string().regex(idPattern, `${name}: 1 to 64 of a-z, 0-9 and -`).brand<Name>();
}

export const areaId = id("AreaId");
export type AreaId = z.infer<typeof areaId>;

export const clusterId = id("ClusterId");
export type ClusterId = z.infer<typeof clusterId>;

export const boxId = id("BoxId");
export type BoxId = z.infer<typeof boxId>;

export const bulletinId = id("BulletinId");
export type BulletinId = z.infer<typeof bulletinId>;

export const programmeId = id("ProgrammeId");
export type ProgrammeId = z.infer<typeof programmeId>;

export const scheduleId = id("ScheduleId");
export type ScheduleId = z.infer<typeof scheduleId>;

export const relayId = id("RelayId");
export type RelayId = z.infer<typeof relayId>;

export const emergencyId = id("EmergencyId");
export type EmergencyId = z.infer<typeof emergencyId>;

export const standingApprovalId = id("StandingApprovalId");
export type StandingApprovalId = z.infer<typeof standingApprovalId>;

export const userId = id("UserId");
export type UserId = z.infer<typeof userId>;

/** UUIDv7 text (RFC 9562): unique, and sorted by the instant of its making. */
export const commandId = z.uuidv7().brand<"CommandId">();
export type CommandId = z.infer<typeof commandId>;

/** Lower-case hex SHA-256: the name of a clip, a manifest or a profile. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "64 lower-case hex digits")
  .brand<"Sha256">();
export type Sha256 = z.infer<typeof sha256>;

/** Schedule (or emergency) id, local date and local time of the dated instance: `morning-news@2026-11-23T05:00:00`. */
export const occurrenceId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .brand<"OccurrenceId">();
export type OccurrenceId = z.infer<typeof occurrenceId>;
