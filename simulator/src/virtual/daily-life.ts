import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import {
  addDays,
  DAY_MS,
  HOUR_MS,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  SECOND_MS,
  toLocal,
} from "@loa/shared/kernel/time.ts";
import { PROVINCE_ID } from "../province-plan.ts";
import type { Draft, Newsroom } from "./newsroom.ts";
import type { SeededRandom } from "./random.ts";
import { isAnsweredSoon, OPERATORS, type VirtualWorld } from "./virtual-world.ts";

/** What is added day by day, and may be withdrawn. */
const NEW = "Bản tin mới";
const communes = ["an-hoa", "vinh-son", "long-hai"] as const;

/** What stands in the timetable from the first evening on. */
export function standingSchedules(from: LocalDate): readonly Draft[] {
  const every = (times: readonly string[], weekdays: Recurrence["weekdays"]): Recurrence => ({
    times: times.map((time) => time as LocalTime),
    weekdays,
    from,
    to: null,
    except: [],
    repeat: null,
  });
  const workdays: Recurrence["weekdays"] = [1, 2, 3, 4, 5, 6];
  const all: Recurrence["weekdays"] = [1, 2, 3, 4, 5, 6, 7];
  return [
    draft("Thời sự tỉnh", PROVINCE_ID, every(["05:00:00", "17:00:00"], workdays), 10, "normal", 0),
    draft("Bản tin xã An Hòa", "an-hoa", every(["05:15:00"], all), 6, "normal", 1),
    draft("Bản tin Vĩnh Sơn", "vinh-son", every(["17:15:00", "19:00:00"], all), 4, "normal", 2),
    draft("Tin ưu tiên Long Hải", "long-hai", every(["17:04:00"], workdays), 3, "priority", 3),
    // In the calm last hours: what was broken has a chance to prove that it is whole again.
    draft("Chúc ngủ ngon", PROVINCE_ID, every(["20:45:00"], all), 1, "normal", 5),
    draft("Nhắc việc thôn", "long-hai-dong", every(["06:30:00"], all), 1, "normal", 4),
  ];
}

/** Another station, as most of a commune's airtime is. */
export function standingRelay(from: LocalDate): Draft {
  const recurrence: Recurrence = {
    times: ["18:00:00" as LocalTime],
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from,
    to: null,
    except: [],
    repeat: null,
  };
  return draft("Tiếp âm đài tỉnh", PROVINCE_ID, recurrence, 3, "normal", 6);
}

/** New bulletins, withdrawals and stops at times that the seed chooses. Who finds the controller down tries no more. */
export function liveOn(world: VirtualWorld, newsroom: Newsroom, random: SeededRandom, days: number): void {
  for (let day = 0; day < days; day += 1) {
    for (let act = random.integer(2, 5); act > 0; act -= 1) {
      const at = (day + random.between(0.25, 0.95)) * DAY_MS;
      const deed = random.pick([publish, publish, publish, withdrawOne, stopOne, raiseOne, raiseOne]);
      const chance = random.stream(`deed-${day}-${act}`);
      world.time.at(at, async () => {
        if (!world.controller.isOn) return;
        const signedIn = world.operator.signIn(OPERATORS[0].name, OPERATORS[0].password);
        const done = signedIn.then(() => deed(world, newsroom, chance));
        // What waits for virtual time goes on beside it.
        await isAnsweredSoon(done.catch((error: unknown) => noteRefusal(world, error)));
      });
    }
  }
}

async function publish(world: VirtualWorld, newsroom: Newsroom, random: SeededRandom): Promise<void> {
  const tomorrow = addDays(toLocal(world.time.instant()).date, 1);
  const hour = random.integer(7, 20);
  const minute = random.integer(0, 59);
  const time = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00` as LocalTime;
  const recurrence: Recurrence = {
    times: [time],
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from: tomorrow,
    to: random.chance(0.5) ? tomorrow : null,
    except: [],
    repeat: random.chance(0.3) ? { times: 2, everyMs: HOUR_MS } : null,
  };
  const area = random.pick([PROVINCE_ID, ...communes]);
  const isPriority = random.chance(0.3);
  const minutes = random.integer(1, 6);
  await newsroom.order(
    draft(NEW, area, recurrence, minutes, isPriority ? "priority" : "normal", random.integer(10, 900)),
  );
}

async function withdrawOne(_world: VirtualWorld, newsroom: Newsroom, random: SeededRandom): Promise<void> {
  const added = newsroom.orders.filter((order) => order.schedule.title === NEW && order.withdrawnAt === null);
  if (added.length > 0) await newsroom.withdraw(random.pick(added));
}

async function stopOne(_world: VirtualWorld, newsroom: Newsroom, random: SeededRandom): Promise<void> {
  await newsroom.stop(areaId.parse(random.pick(communes)));
}

/** An alarm in one commune, or a drill; half of them are cancelled before their end, and half of those were wrong. */
async function raiseOne(world: VirtualWorld, newsroom: Newsroom, random: SeededRandom): Promise<void> {
  const durationMin = random.integer(5, 30);
  const raised = await newsroom.raise({
    area: areaId.parse(random.pick(communes)),
    severity: random.pick(["actual", "actual", "exercise"] as const),
    messageMs: random.chance(0.5) ? random.integer(5, 40) * SECOND_MS : null,
    stationMin: random.chance(0.3) ? random.integer(1, 5) : null,
    times: random.integer(1, 4),
    gapS: random.pick([0, 30, 120]),
    durationMin,
  });
  if (random.chance(0.5)) return;
  const isWrong = random.chance(0.5);
  world.time.after(random.between(SECOND_MS, durationMin * MINUTE_MS), async () => {
    if (!world.controller.isOn) return;
    const cancelled = world.operator
      .signIn(OPERATORS[0].name, OPERATORS[0].password)
      .then(() => (isWrong ? newsroom.correct(raised) : newsroom.cancel(raised)));
    await isAnsweredSoon(cancelled.catch((error: unknown) => noteRefusal(world, error)));
  });
}

function noteRefusal({ trace, time }: VirtualWorld, error: unknown): void {
  trace.note(time.now(), "operator", error instanceof Error ? error.message : String(error));
}

function draft(
  title: string,
  area: string,
  recurrence: Recurrence,
  minutes: number,
  its: Draft["class"],
  order: number,
): Draft {
  return { title, area: areaId.parse(area), recurrence, durationMs: minutes * MINUTE_MS, class: its, order };
}
