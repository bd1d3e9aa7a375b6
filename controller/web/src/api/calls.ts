import type { BulletinClass, BulletinField } from "@loa/shared/broadcast/content.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { AreaId, BoxId, OccurrenceId, ProgrammeId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import * as cabinet from "./cabinet-shapes.ts";
import { get, send } from "./http.ts";
import * as shape from "./shapes.ts";

/** Every call of the API that the page makes, by what it is for. */

const root = "/api/v1";
const anything = z.unknown();

export const signedIn = () => get(shape.session, `${root}/session`);
export const signIn = (user: string, password: string) =>
  send(shape.session, "POST", `${root}/session`, { user, password });
export const signOut = () => send(anything, "DELETE", `${root}/session`);

export const areas = () => get(shape.areas, `${root}/areas`);
export const boxes = () => get(shape.boxes, `${root}/boxes`);
export const box = (id: BoxId) => get(shape.boxDetail, `${root}/boxes/${id}`);
export const samples = (id: BoxId, capability: string, from: Instant, to: Instant) =>
  get(cabinet.samples, `${root}/boxes/${id}/samples${query({ capability, from, to })}`);
export const selfTests = (id: BoxId) => get(cabinet.selfTests, `${root}/boxes/${id}/self-tests`);
export const why = (id: BoxId, occurrence: OccurrenceId) =>
  get(shape.why, `${root}/boxes/${id}/why${query({ occurrence })}`);

export const clips = () => get(shape.clips, `${root}/clips`);
export const ingest = (job: string) => get(shape.ingestJob, `${root}/ingests/${job}`);
export const clipOriginalUrl = (sha256: Sha256) => `${root}/clips/${sha256}/original`;
export const clipAudioUrl = (sha256: Sha256) => `${root}/clips/${sha256}/audio`;

/** Of a programme, or of a clip, which makes its bulletin and programme. */
export type ScheduleWish = WishOfTimes &
  (
    | { readonly programmeId: ProgrammeId }
    | {
        readonly clip: Sha256;
        readonly class: Exclude<BulletinClass, "emergency">;
        readonly field: BulletinField;
      }
  );

interface WishOfTimes {
  readonly title: string;
  readonly areas: readonly AreaId[];
  readonly recurrence: Recurrence;
  readonly order?: number;
  /** A chime goes before it. */
  readonly chime: boolean;
  /** Clusters speak one after the other. */
  readonly turns: boolean;
  /** True: made against the rules on purpose, to wait for a second person. */
  readonly askException?: boolean;
}

export const dryRun = (wish: ScheduleWish) => send(shape.dryRun, "POST", `${root}/schedules/dry-run`, wish);
export const createSchedule = (wish: ScheduleWish) =>
  send(shape.createdSchedule, "POST", `${root}/schedules`, wish);
export const schedules = () => get(shape.schedules, `${root}/schedules`);
export const schedule = (id: ScheduleId) => get(shape.oneSchedule, `${root}/schedules/${id}`);
export const withdraw = (id: ScheduleId) => send(anything, "DELETE", `${root}/schedules/${id}`);
export const confirmException = (id: ScheduleId) =>
  send(anything, "POST", `${root}/schedules/${id}/confirm-exception`);

export interface ReceiptFilter {
  readonly area?: AreaId | undefined;
  readonly from?: Instant;
  readonly to?: Instant;
  readonly schedule?: ScheduleId;
}
export const receipts = (filter: ReceiptFilter) =>
  get(shape.receipts, `${root}/receipts${query({ ...filter })}`);
export const agenda = (from: Instant, to: Instant, area?: AreaId) =>
  get(shape.agenda, `${root}/agenda${query({ area, from, to })}`);

export const stopArea = (id: AreaId) => send(shape.stopIssued, "POST", `${root}/areas/${id}/stop`);
export const stopTally = (id: string) => get(shape.stopTally, `${root}/stops/${id}`);

export const simulatedBoxes = () => get(shape.simulatedBoxes, "/sim/boxes");
export const simulateFaults = (id: BoxId, faults: readonly shape.SimulatedFault[]) =>
  send(anything, "POST", `/sim/boxes/${id}/fault`, { faults });
export const simulateNetwork = (id: BoxId, up: boolean) =>
  send(anything, "POST", `/sim/boxes/${id}/network`, { up });
export const simulatePower = (id: BoxId, on: boolean) =>
  send(anything, "POST", `/sim/boxes/${id}/power`, { on });

export const simulatedRadio = () => get(shape.simulatedRadio, "/sim/radio");
export const simulateRadio = (on: boolean) => send(shape.simulatedRadio, "POST", "/sim/radio", { on });

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
