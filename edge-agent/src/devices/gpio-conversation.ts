import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { levelOfValue, valueOfLevel } from "@loa/shared/device/gpio-point.ts";
import type { GpioPoint, GpioProfile } from "@loa/shared/device/profile-gpio.ts";
import type { PollClass } from "@loa/shared/device/profile-parts.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { Conversation, ReadGroup } from "./conversation.ts";
import type { GpioPins } from "./gpio-pins.ts";

const pollClasses = ["fast", "normal", "slow"] as const satisfies readonly PollClass[];

/** Contacts and relays on the lines of a chip. Nothing here waits: the kernel answers at once. */
export function createGpioConversation(profile: GpioProfile, pins: GpioPins): Conversation {
  const pointOf = (capability: Capability) => profile.points.find((point) => point.capability === capability);
  const offLevelOf = (point: GpioPoint): 0 | 1 => {
    const safe = profile.safeState.find(({ capability }) => capability === point.capability);
    return levelOfValue(point, safe?.value ?? 0);
  };

  function identify(): Result<void, DeviceFailure> {
    return pins.open({
      chips: profile.transport.chips,
      names: profile.identify,
      pins: profile.points.map((point) => ({
        line: point.line,
        bias: point.bias,
        settleMs: point.settleMs,
        startLevel: point.write === undefined ? null : offLevelOf(point),
      })),
    });
  }

  function readingOf(point: GpioPoint): Result<PointValue, DeviceFailure> {
    const level = pins.level(point.line);
    if (!level.ok) return level;
    const { capability } = point;
    return ok({ capability, quality: "good", value: valueOfLevel(point, level.value) });
  }

  function send(capability: Capability, value: number): Result<void, DeviceFailure> {
    const point = pointOf(capability);
    if (point?.write === undefined || (value !== 0 && value !== 1)) return fail("not-supported");
    return pins.setLevel(point.line, levelOfValue(point, value));
  }

  return {
    blocks: pollClasses.flatMap((poll): ReadGroup[] => {
      const points = profile.points.filter((point) => point.poll === poll);
      return points.length === 0 ? [] : [{ poll, capabilities: points.map(({ capability }) => capability) }];
    }),
    identify: async () => identify(),
    async read({ capabilities }) {
      const values: PointValue[] = [];
      for (const capability of capabilities) {
        const point = pointOf(capability);
        const value = point === undefined ? fail("not-supported" as const) : readingOf(point);
        if (!value.ok) return value;
        values.push(value.value);
      }
      return ok(values);
    },
    async readPoint(capability) {
      const point = pointOf(capability);
      return point === undefined ? fail("not-supported") : readingOf(point);
    },
    send: async (capability, value) => send(capability, value),
    async sendLast(capability, value) {
      send(capability, value);
    },
    timedOn: null,
    onNews() {},
    async close() {
      pins.close();
    },
  };
}
