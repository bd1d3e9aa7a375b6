import { clipOf, type PlanItem } from "@loa/shared/broadcast/air-item.ts";
import type { BulletinClass } from "@loa/shared/broadcast/content.ts";
import { bookedStream, type Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import {
  type AreaId,
  bulletinId,
  type CommandId,
  commandId,
  type EmergencyId,
  emergencyId,
  programmeId,
  type RelayId,
  relayId,
  type Sha256,
  scheduleId,
  sha256,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { PROVINCE_ID } from "../province-plan.ts";
import type { Order } from "./history.ts";
import { virtualClipBytes } from "./virtual-clip.ts";
import { boxesIn, type VirtualWorld } from "./virtual-world.ts";

/** What the people of the province do, through HTTP, and what they remember of it. */
export interface Newsroom {
  readonly orders: readonly Order[];
  readonly stops: readonly StopOrder[];
  readonly emergencies: readonly RaisedEmergency[];
  readonly fillers: readonly Sha256[];
  /** Uploads a new clip and schedules it. Throws with the problem when it is refused. */
  order(draft: Draft): Promise<Order>;
  /** Schedules a programme: a clip, another station up to its planned end, and a clip after it. */
  orderRelay(draft: Draft): Promise<Order>;
  withdraw(order: Order): Promise<void>;
  stop(area: AreaId): Promise<StopOrder>;
  /** What is played in the whole province where a source fails. */
  setFiller(durationMs: number): Promise<void>;
  raise(draft: EmergencyDraft): Promise<RaisedEmergency>;
  cancel(raised: RaisedEmergency): Promise<void>;
  /** Cancels it, and has its prepared correction said. */
  correct(raised: RaisedEmergency): Promise<void>;
}

export interface Draft {
  readonly title: string;
  readonly area: AreaId;
  readonly recurrence: Recurrence;
  readonly durationMs: number;
  readonly class: Exclude<BulletinClass, "emergency">;
  readonly order: number;
}

export interface EmergencyDraft {
  readonly area: AreaId;
  readonly severity: Emergency["severity"];
  /** Length of a message of its own; null: the words that every box knows. */
  readonly messageMs: number | null;
  /** Of a station that it passes on each time; null, or left out: of none. */
  readonly stationMin?: number | null;
  readonly times: number;
  readonly gapS: number;
  readonly durationMin: number;
}

export interface StopOrder {
  readonly id: CommandId;
  readonly at: Instant;
  readonly area: AreaId;
}

export interface RaisedEmergency {
  readonly emergency: Emergency;
  readonly area: AreaId;
  /** It is what is said because this one was wrong; null: it is an alarm. */
  readonly corrects: EmergencyId | null;
}

const scheduleAnswer = z.object({ schedule: z.object({ id: scheduleId, createdAt: instant }) });
const stopAnswer = z.object({ id: commandId, at: instant });
const bulletinAnswer = z.object({ bulletin: z.object({ id: bulletinId }) });
const programmeAnswer = z.object({ programme: z.object({ id: programmeId }) });
const relayAnswer = z.object({ relay: z.object({ id: relayId }) });
const draftAnswer = z.object({ draft: z.object({ id: z.string(), payload: z.string() }) });
const prepared = z.object({
  correction: z.object({ id: emergencyId }),
  stream: bookedStream.optional(),
});
const correctedAnswer = z.object({ emergency: z.object({ correctedAt: instant }) });
const emergencyAnswer = z.object({
  id: emergencyId,
  headline: z.string(),
  at: instant,
  expiresAt: instant,
  sirenMs: z.number(),
  times: z.number(),
  gapMs: z.number(),
});
/** Speech as it comes from a studio, dBFS. */
const STUDIO_RMS_DB = -22;
/** What is said around a relay. */
const FRAME_MS = MINUTE_MS;
/** A box says a correction no later than this after it was pressed. */
const CORRECTION_LIFE_MS = 10 * MINUTE_MS;
const CONFIRMED = { actual: "KHẨN CẤP", exercise: "DIỄN TẬP" } as const;

export function createNewsroom(world: VirtualWorld): Newsroom {
  const { operator, time, trust } = world;
  const orders: Order[] = [];
  const stops: StopOrder[] = [];
  const emergencies: RaisedEmergency[] = [];
  const fillers: Sha256[] = [];
  let clips = 0;

  async function upload(title: string, durationMs: number): Promise<Sha256> {
    clips += 1;
    const bytes = virtualClipBytes({ clip: `${title} ${clips}`, durationMs, rmsDb: STUDIO_RMS_DB });
    return sha256.parse((await operator.upload(`${clips}.mp3`, bytes)).sha256);
  }

  async function bulletin(draft: Pick<Draft, "title" | "area" | "class">, clip: Sha256) {
    const { title, area: areaId, class: its } = draft;
    const body = { title, class: its, field: "other", clip, areaId };
    return (await operator.do("POST", "/api/v1/bulletins", bulletinAnswer, body)).bulletin.id;
  }

  async function schedule(draft: Draft, content: object, items: PlannedSchedule["items"]): Promise<Order> {
    const { title, area, recurrence, class: its, order } = draft;
    const body = { title, areas: [area], recurrence, order, ...content };
    const { schedule: made } = await operator.do("POST", "/api/v1/schedules", scheduleAnswer, body);
    const { id, createdAt } = made;
    const rest = { turnMs: 0, chime: false, exception: false, effectiveFrom: createdAt };
    const planned = { id, title, class: its, order, recurrence, items, ...rest };
    const ordered = { schedule: planned, boxes: boxesIn(world, area), createdAt, withdrawnAt: null };
    orders.push(ordered);
    return ordered;
  }

  async function framedRelay(draft: Draft): Promise<readonly PlanItem[]> {
    const { title, area: areaId, durationMs } = draft;
    const url = `http://radio.test/${orders.length}`;
    const body = { title, areaId, source: { kind: "stream", url } };
    const { relay } = await operator.do("POST", "/api/v1/relays", relayAnswer, body);
    const frame = async (name: string) => clipItem(await upload(`${title}, ${name}`, FRAME_MS), FRAME_MS);
    const middle: PlanItem = { kind: "relay", relay: relay.id, durationMs, end: "hard" };
    return [await frame("intro"), middle, await frame("outro")];
  }

  /** Each emergency has its own, so its sound is known by it. */
  async function station(): Promise<RelayId> {
    const source = { kind: "stream", url: `https://radio.test/khan-cap-${emergencies.length}` };
    const body = { title: "Đài tỉnh", areaId: PROVINCE_ID, source };
    return (await operator.do("POST", "/api/v1/relays", relayAnswer, body)).relay.id;
  }

  /** One after the other, until it goes out. */
  async function approve(draft: string): Promise<z.infer<typeof emergencyAnswer>> {
    for (const { person } of trust.approvers) {
      const emergency = (await trust.approve(draft, person))?.emergency ?? null;
      if (emergency !== null) return emergencyAnswer.parse(emergency);
    }
    throw new Error(`draft ${draft} waits for more persons than there are`);
  }

  return {
    orders,
    stops,
    emergencies,
    fillers,
    async order(draft) {
      const { title, durationMs, class: its } = draft;
      const clip = await upload(title, durationMs);
      return schedule(draft, { clip, class: its, field: "other" }, [clipItem(clip, durationMs)]);
    },
    async orderRelay(draft) {
      const items = await framedRelay(draft);
      const wanted = [];
      for (const item of items) {
        const clip = clipOf(item);
        wanted.push(
          clip === null
            ? { ...item, kind: undefined }
            : { bulletin: await bulletin(draft, clip), end: item.end },
        );
      }
      const body = { title: draft.title, areaId: draft.area, items: wanted };
      const { programme } = await operator.do("POST", "/api/v1/programmes", programmeAnswer, body);
      return schedule(draft, { programmeId: programme.id }, [...items]);
    },
    async withdraw(order) {
      await operator.do("DELETE", `/api/v1/schedules/${order.schedule.id}`, z.unknown());
      orders.splice(orders.indexOf(order), 1, { ...order, withdrawnAt: time.instant() });
    },
    async stop(area) {
      const { id, at } = await operator.do("POST", `/api/v1/areas/${area}/stop`, stopAnswer);
      const stop = { id, at, area };
      stops.push(stop);
      return stop;
    },
    async setFiller(durationMs) {
      const clip = await upload("filler", durationMs);
      const of = { title: "Nhạc chờ", area: PROVINCE_ID as AreaId, class: "normal" } as const;
      const settings = { volume: null, filler: await bulletin(of, clip) };
      await operator.do("PUT", `/api/v1/areas/${PROVINCE_ID}/settings`, z.unknown(), settings);
      fillers.push(clip);
    },
    async raise({ area, severity, messageMs, stationMin = null, times, gapS, durationMin }) {
      const clip = messageMs === null ? null : await upload("emergency", messageMs);
      const body = {
        ...{ areas: [area], severity, headline: `Báo động ${emergencies.length}`, times, gapS, durationMin },
        ...{ message: clip === null ? null : { clip }, confirm: CONFIRMED[severity], sirenS: 8 },
        correction: null,
        ...(stationMin === null ? {} : { stream: { relay: await station(), minutes: stationMin } }),
      };
      const { draft } = await operator.do("POST", "/api/v1/emergencies", draftAnswer, body);
      const emergency = await approve(draft.id);
      const notice =
        clip === null ? null : { sha256: clip, sizeBytes: 1, durationMs: messageMs ?? SECOND_MS, gainDb: 0 };
      const { correction, stream } = prepared.parse(JSON.parse(draft.payload));
      const said = { ...emergency, severity, notice, correction: { ...correction, notice: null } };
      const alarm = stream === undefined ? said : { ...said, stream };
      const raised = { emergency: alarm, area, corrects: null };
      emergencies.push(raised);
      return raised;
    },
    async cancel({ emergency }) {
      await operator.do("POST", `/api/v1/emergencies/${emergency.id}/cancel`, z.unknown());
    },
    async correct({ emergency: wrong, area }) {
      const path = `/api/v1/emergencies/${wrong.id}/correct`;
      const { emergency } = await operator.do("POST", path, correctedAnswer);
      const { correctedAt: at } = emergency;
      if (wrong.correction === undefined) return;
      const { id, notice } = wrong.correction;
      const { stream: _, ...rest } = wrong;
      const words = { ...rest, id, notice, at, expiresAt: plus(at, CORRECTION_LIFE_MS), sirenMs: 0 };
      emergencies.push({ emergency: words, area, corrects: wrong.id });
    },
  };
}

function clipItem(clip: Sha256, durationMs: number): PlanItem {
  return { kind: "clip", sha256: clip, durationMs, end: "soft" };
}
