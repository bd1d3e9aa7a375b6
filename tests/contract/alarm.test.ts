import { createNodeAlarm } from "@loa/edge-agent/adapters/node-alarm.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createMachineClock, createVirtualAlarm } from "@loa/simulator/virtual/virtual-clock.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";
import FakeTimers from "@sinonjs/fake-timers";
import { type AlarmWorld, describeAlarm } from "./alarm.contract.ts";

describeAlarm("of Node", (): AlarmWorld => {
  const fake = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  const alarm = createNodeAlarm({
    now: () => asInstant(Date.now()),
    monotonic: () => asMonotonic(performance.now()),
  });
  return {
    alarm,
    monotonic: () => performance.now(),
    pass: async (ms) => void (await fake.tickAsync(Math.ceil(ms))),
    stepWall: (ms) => fake.setSystemTime(Date.now() + ms),
    close() {
      alarm.close();
      fake.uninstall();
    },
  };
});

describeAlarm("in the simulator, on a crystal that runs fast", (): AlarmWorld => {
  const time = createVirtualTime(asInstant(0));
  const clock = createMachineClock(time, { driftPpm: 80, wall: asInstant(0) });
  return {
    alarm: createVirtualAlarm(time, clock, createSeededRandom("alarm"), () => true),
    monotonic: () => clock.monotonic(),
    pass: (ms) => time.runUntil(time.now() + ms),
    stepWall: (ms) => clock.stepWall(ms),
    close: () => undefined,
  };
});
