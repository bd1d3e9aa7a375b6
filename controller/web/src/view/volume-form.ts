import { LEAST_EMERGENCY_DB, type Volume } from "@loa/shared/broadcast/plan.ts";
import { localTime } from "@loa/shared/kernel/time.ts";
import { numberIn } from "./relay-form.ts";

/** The volume of an area as typed. */
export interface VolumeForm {
  readonly isOwn: boolean;
  readonly gainDb: string;
  readonly capDb: string;
  readonly emergencyDb: string;
  readonly byHour: readonly SpanForm[];
}
export interface SpanForm {
  readonly from: string;
  readonly to: string;
  readonly gainDb: string;
}

export const LOWEST_DB = -80;
export const HIGHEST_DB = 20;
export const MAX_SPANS = 8;
export const emptySpan: SpanForm = { from: "22:00", to: "05:00", gainDb: "-10" };

export function formOfVolume(own: Volume | null, inForce: Volume): VolumeForm {
  const { gainDb, capDb, emergencyDb, byHour } = own ?? inForce;
  return {
    isOwn: own !== null,
    gainDb: String(gainDb),
    capDb: String(capDb),
    emergencyDb: String(emergencyDb),
    byHour: byHour.map(({ span, gainDb: db }) => ({
      from: span.from.slice(0, 5),
      to: span.to.slice(0, 5),
      gainDb: String(db),
    })),
  };
}

/** What is sent: null leaves it to the area above; undefined: something is wrong. */
export function volumeOfForm(form: VolumeForm): Volume | null | undefined {
  if (!form.isOwn) return null;
  const gainDb = decibels(form.gainDb);
  const capDb = decibels(form.capDb);
  const emergencyDb = numberIn(form.emergencyDb, LEAST_EMERGENCY_DB, HIGHEST_DB);
  const byHour = form.byHour.map(spanOf).filter((one) => one !== null);
  if (gainDb === null || capDb === null || emergencyDb === null) return undefined;
  if (byHour.length !== form.byHour.length) return undefined;
  return { gainDb, capDb, emergencyDb, byHour };
}

export function spanOf({ from, to, gainDb }: SpanForm): Volume["byHour"][number] | null {
  const start = localTime.safeParse(withSeconds(from));
  const end = localTime.safeParse(withSeconds(to));
  const db = decibels(gainDb);
  if (!start.success || !end.success || db === null || from === to) return null;
  return { span: { from: start.data, to: end.data }, gainDb: db };
}

export function decibels(text: string): number | null {
  return numberIn(text, LOWEST_DB, HIGHEST_DB);
}

function withSeconds(time: string): string {
  return time.length === 5 ? `${time}:00` : time;
}
