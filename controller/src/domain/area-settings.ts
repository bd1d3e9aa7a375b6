import { LEAST_EMERGENCY_DB, type Volume } from "@loa/shared/broadcast/plan.ts";
import type { AreaId, BulletinId } from "@loa/shared/kernel/ids.ts";

/** How the loudspeakers of an area sound. Null: as the area above says. */
export interface AreaSettings {
  readonly volume: Volume | null;
  /** What is played where a source fails. */
  readonly filler: BulletinId | null;
}

export const NO_SETTINGS: AreaSettings = { volume: null, filler: null };

/** Where no area says anything. */
export const PLAIN_VOLUME: Volume = { gainDb: 0, byHour: [], capDb: 0, emergencyDb: 0 };

/** What holds in an area, and which area says so; null: none does. */
export interface SettingsInForce {
  readonly volume: Volume;
  readonly volumeFrom: AreaId | null;
  readonly filler: BulletinId | null;
  readonly fillerFrom: AreaId | null;
}

/** The nearest area that says something counts. `lineage`: nearest first. */
export function settingsInForce(
  lineage: readonly AreaId[],
  settings: ReadonlyMap<AreaId, AreaSettings>,
): SettingsInForce {
  const volumeFrom = lineage.find((area) => (settings.get(area)?.volume ?? null) !== null) ?? null;
  const fillerFrom = lineage.find((area) => (settings.get(area)?.filler ?? null) !== null) ?? null;
  return {
    volume: (volumeFrom === null ? null : settings.get(volumeFrom)?.volume) ?? PLAIN_VOLUME,
    volumeFrom,
    filler: (fillerFrom === null ? null : settings.get(fillerFrom)?.filler) ?? null,
    fillerFrom,
  };
}

const LOWEST_DB = -80;
const HIGHEST_DB = 20;

/**
 * The volume at one cluster. The correction of an installation (a strong amplifier, a weak horn) moves the whole
 * scale, emergencies and cap too, so that the area's figures mean the same loudness everywhere. An emergency is never
 * brought below what boxes take.
 */
export function correctedVolume(of: Volume, correctionDb: number): Volume {
  const corrected = (db: number) =>
    Math.min(HIGHEST_DB, Math.max(LOWEST_DB, Math.round((db + correctionDb) * 100) / 100));
  return {
    gainDb: corrected(of.gainDb),
    byHour: of.byHour.map(({ span, gainDb }) => ({ span, gainDb: corrected(gainDb) })),
    capDb: corrected(of.capDb),
    emergencyDb: Math.max(LEAST_EMERGENCY_DB, corrected(of.emergencyDb)),
  };
}
