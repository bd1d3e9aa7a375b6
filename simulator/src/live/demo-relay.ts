import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS, toLocal } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Operator } from "../operator.ts";
import { ALL_WEEK, everyHourAt } from "./demo-hours.ts";
import { demoMelody, melodyOf } from "./demo-melody.ts";

const RELAY_TITLE = "Tiếp âm Đài tỉnh (chạy thử)";
/** With the chime before it, it is over before the next one begins. */
const RELAY_EVERY_MS = 10 * MINUTE_MS;
const RELAY_MS = RELAY_EVERY_MS - 30 * SECOND_MS;
/** It begins with a minute that leaves boxes the time to get their plans. */
const UNTIL_HEARD_MS = 75 * SECOND_MS;
/** Behind the melodies, which cut in. */
const RELAY_ORDER = 10;

const listedRelay = z.object({
  id: z.string(),
  title: z.string(),
  source: z.object({ url: z.string().optional() }),
});
const listedRelays = z.object({ relays: z.array(listedRelay) });
const madeRelay = z.object({ relay: z.object({ id: z.string() }) });
const madeProgramme = z.object({ programme: z.object({ id: z.string() }) });
const madeBulletin = z.object({ bulletin: z.object({ id: z.string() }) });

/** A relay of the station at nearly any time, and something to fill in when the station is off the air. */
export async function bringDemoRelay(
  operator: Operator,
  { area, url, now }: { readonly area: string; readonly url: string; readonly now: Instant },
): Promise<void> {
  const { relay } = await operator.do("POST", "/api/v1/relays", madeRelay, {
    title: RELAY_TITLE,
    areaId: area,
    source: stationAt(url),
  });
  const { programme } = await operator.do("POST", "/api/v1/programmes", madeProgramme, {
    title: RELAY_TITLE,
    areaId: area,
    items: [{ relay: relay.id, durationMs: RELAY_MS, end: "hard" }],
  });
  await fillWith(operator, area);
  const { date, time } = toLocal(plus(now, UNTIL_HEARD_MS));
  const recurrence: Recurrence = {
    times: everyHourAt(Number(time.slice(4, 5))),
    weekdays: ALL_WEEK,
    from: date,
    to: null,
    except: [],
    repeat: { times: (60 * MINUTE_MS) / RELAY_EVERY_MS - 1, everyMs: RELAY_EVERY_MS },
  };
  await operator.do("POST", "/api/v1/schedules", z.unknown(), {
    title: RELAY_TITLE,
    programmeId: programme.id,
    areas: [area],
    recurrence,
    order: RELAY_ORDER,
    chime: true,
  });
}

/** The port of the station at the last start: boxes that go on with their plan look for it there. 0: there was none. */
export async function lastPortOfDemo(operator: Operator): Promise<number> {
  const [relay] = await demoRelays(operator);
  return relay?.source.url === undefined ? 0 : Number(new URL(relay.source.url).port);
}

/** Where the station is now. */
export async function tuneDemoRelay(operator: Operator, url: string): Promise<void> {
  for (const { id, title, source } of await demoRelays(operator)) {
    if (source.url === url) continue;
    await operator.do("PUT", `/api/v1/relays/${id}`, z.unknown(), { title, source: stationAt(url) });
  }
}

async function demoRelays(operator: Operator) {
  const { relays } = await operator.do("GET", "/api/v1/relays", listedRelays);
  return relays.filter((one) => one.title === RELAY_TITLE);
}

async function fillWith(operator: Operator, area: string): Promise<void> {
  const { sha256 } = await operator.upload("nhac-cho.wav", demoMelody(melodyOf.filler));
  const { bulletin } = await operator.do("POST", "/api/v1/bulletins", madeBulletin, {
    title: "Nhạc chờ (chạy thử)",
    class: "normal",
    field: "other",
    clip: sha256,
    areaId: area,
  });
  await operator.do("PUT", `/api/v1/areas/${area}/settings`, z.unknown(), {
    volume: null,
    filler: bulletin.id,
  });
}

/** On the loopback, which is a private address. */
function stationAt(url: string) {
  return { kind: "stream", url, isPrivate: true };
}
