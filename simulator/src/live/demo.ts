import { NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import {
  type Instant,
  type LocalTime,
  MINUTE_MS,
  plus,
  SECOND_MS,
  toLocal,
} from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Operator } from "../operator.ts";
import { demoRules, PROVINCE_ID } from "../province-plan.ts";
import { ALL_WEEK, everyHourAt } from "./demo-hours.ts";
import { demoMelody, melodyOf } from "./demo-melody.ts";
import { bringDemoRelay, tuneDemoRelay } from "./demo-relay.ts";

/** From the first bell on something is heard this often, day and night, in the first commune. */
const DEMO_EVERY_MINUTES = 3;
/** Boxes have their plan by then; the first bell, and the first receipts behind it, come within a minute of it. */
const UNTIL_FIRST_BELL_MS = 30 * SECOND_MS;
const DEMO_AREA = "an-hoa";
/** Communes that sleep at night. */
const QUIET_AREAS = ["vinh-son", "long-hai"] as const;

/**
 * Rules, melodies, a relay of the demo's own station, and schedules around them. Where that was done before, the relay
 * only learns where its station is now.
 */
export async function bringDemoContent(operator: Operator, now: Instant, radioUrl: string): Promise<void> {
  const list = z.object({ schedules: z.array(z.unknown()) });
  const { schedules } = await operator.do("GET", "/api/v1/schedules", list);
  if (schedules.length > 0) return tuneDemoRelay(operator, radioUrl);
  const { date: today } = toLocal(now);
  for (const area of QUIET_AREAS) {
    await operator.do("PUT", `/api/v1/areas/${area}/rules`, z.unknown(), demoRules);
  }
  const capped = { ...NO_RULES, maxSessionMs: 30 * MINUTE_MS };
  await operator.do("PUT", `/api/v1/areas/${PROVINCE_ID}/rules`, z.unknown(), capped);
  const often = await operator.upload("chuong-nam-cung.wav", demoMelody(melodyOf.often));
  const session = await operator.upload("nhac-hieu.wav", demoMelody(melodyOf.radio));
  await schedule(operator, "Chuông ngũ cung (chạy thử)", often.sha256, [DEMO_AREA], {
    times: everyHourAt(minuteOf(plus(now, UNTIL_FIRST_BELL_MS + MINUTE_MS)) % DEMO_EVERY_MINUTES),
    weekdays: ALL_WEEK,
    from: today,
    to: null,
    except: [],
    repeat: { times: 60 / DEMO_EVERY_MINUTES - 1, everyMs: DEMO_EVERY_MINUTES * MINUTE_MS },
  });
  await bringDemoRelay(operator, { area: DEMO_AREA, url: radioUrl, now });
  // Of a province of one or two boxes nobody lives there.
  const inhabited = await areasWithBoxes(operator);
  const sessionAreas = QUIET_AREAS.filter((area) => inhabited.has(area));
  if (sessionAreas.length === 0) return;
  await schedule(operator, "Nhạc hiệu buổi phát", session.sha256, sessionAreas, {
    times: ["05:00:00" as LocalTime, "17:00:00" as LocalTime],
    weekdays: ALL_WEEK,
    from: today,
    to: null,
    except: [],
    repeat: null,
  });
}

function minuteOf(at: Instant): number {
  return Number(toLocal(at).time.slice(3, 5));
}

const listedAreas = z.object({ areas: z.array(z.object({ id: z.string(), boxes: z.number() })) });

async function areasWithBoxes(operator: Operator): Promise<ReadonlySet<string>> {
  const { areas } = await operator.do("GET", "/api/v1/areas", listedAreas);
  return new Set(areas.filter(({ boxes }) => boxes > 0).map(({ id }) => id));
}

async function schedule(
  operator: Operator,
  title: string,
  clip: string,
  areas: readonly string[],
  recurrence: Recurrence,
): Promise<void> {
  const body = { title, clip, class: "normal", field: "other", areas, recurrence, order: 0 };
  await operator.do("POST", "/api/v1/schedules", z.unknown(), body);
}
