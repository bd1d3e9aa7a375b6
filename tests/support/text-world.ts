import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import { createTcpLink } from "@loa/edge-agent/adapters/tcp-link.ts";
import { createUdpLink } from "@loa/edge-agent/adapters/udp-link.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import type { Conversation } from "@loa/edge-agent/devices/conversation.ts";
import { createTextConversation } from "@loa/edge-agent/devices/text-conversation.ts";
import { createTextLine, type TextLine } from "@loa/edge-agent/devices/text-line.ts";
import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import { isText } from "@loa/shared/device/profile.ts";
import type { TextProfile } from "@loa/shared/device/profile-text.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { MeterReading } from "@loa/simulator/virtual-device/signal-path.ts";
import {
  type StartedTextLine,
  startTextLine,
  type TextTransport,
} from "@loa/simulator/virtual-device/text-start.ts";
import type { VirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import { type BytePipe, createBytePipe } from "./byte-pipe.ts";
import { createLogBook, type LogBook } from "./log-book.ts";
import { anyShippedProfile, profileIds } from "./profiles.ts";
import { openPtyPair } from "./pty-pair.ts";
import { realClock, realTimers } from "./real-time.ts";
import { createTestTime, type TestTime } from "./test-time.ts";

export function textProfile(id: string): TextProfile {
  const profile = anyShippedProfile(id);
  if (!isText(profile)) throw new Error(`${id} speaks no text`);
  return profile;
}

/** Every shipped profile that speaks text. */
export const textIds: readonly string[] = profileIds.filter((id) => isText(anyShippedProfile(id)));

/** One text device and the conversation with it. */
export interface TextWorld {
  readonly profile: TextProfile;
  readonly conversation: Conversation;
  readonly line: TextLine;
  readonly device: VirtualDevice<TextProfile>;
  readonly far: StartedTextLine;
  readonly news: PointValue[];
  readonly log: LogBook;
  close(): Promise<void>;
}

const tone: MeterReading = { rmsDb: -18, peakDb: -12 };

interface Place {
  readonly link: ByteLink;
  readonly transport: TextTransport;
  readonly isPacketed: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
}

async function startWorld(profile: TextProfile, place: Place, seed = 1): Promise<TextWorld> {
  const { clock, timers, transport, link, isPacketed } = place;
  const units = [{ profile, meter: () => tone }] as const;
  const far = await startTextLine({ transport, units, clock, timers, seed });
  const log = createLogBook();
  const { replyEnd } = profile.dialogue;
  const line = createTextLine({ link, replyEnd, isPacketed, clock, timers, log });
  const conversation = createTextConversation({ profile, line });
  const news: PointValue[] = [];
  conversation.onNews((values) => news.push(...values));
  const [device] = far.devices;
  if (device === undefined) throw new Error("one unit, one device");
  return {
    profile,
    conversation,
    line,
    device,
    far,
    news,
    log,
    async close() {
      await conversation.close();
      await line.close();
      await far.close();
    },
  };
}

export interface VirtualTextWorld extends TextWorld {
  readonly time: TestTime;
  readonly pipe: BytePipe;
  /** Lets time pass until the answer is there. */
  answer<Answer>(asked: Promise<Answer>): Promise<Answer>;
}

/** Over a cable in memory, on virtual time. */
export async function startVirtualText(id: string, seed = 1): Promise<VirtualTextWorld> {
  const profile = textProfile(id);
  const time = createTestTime();
  const pipe = createBytePipe(time.timers);
  const [link, far] = pipe.ends;
  const isPacketed = profile.transport.kind === "text-udp";
  const transport = { kind: "link", link: far, isPacketed } as const;
  const world = await startWorld(profile, { link, transport, isPacketed, ...time }, seed);
  return { ...world, time, pipe, answer: (asked) => answerIn(time, asked) };
}

const stepMs = 10;
const answerLimitMs = 120_000;

export async function answerIn<Answer>(time: TestTime, asked: Promise<Answer>): Promise<Answer> {
  const found: { answer?: Answer } = {};
  void asked.then((answer) => {
    found.answer = answer;
  });
  for (let passedMs = 0; !("answer" in found); passedMs += stepMs) {
    if (passedMs > answerLimitMs) throw new Error(`no answer within ${answerLimitMs} ms`);
    await time.advance(stepMs);
  }
  return asked;
}

export type RealPlace = "pty" | "tcp" | "udp";

/** Over a real line, on real time, with a profile that gives up sooner. */
export async function startRealText(id: string, place: RealPlace): Promise<TextWorld> {
  const shipped = textProfile(id);
  const timing = { ...shipped.timing, responseMs: 150, quarantineMs: 300, retries: 1 };
  const profile: TextProfile = { ...shipped, timing };
  const time = { clock: realClock, timers: realTimers };
  if (place === "pty") {
    const cable = openPtyPair();
    const [near, path] = cable.ends;
    const link = createSerialLink({ path: near, baud: 115_200, parity: "none", stopBits: 1 });
    const world = await startWorld(profile, {
      link,
      transport: { kind: "pty", path },
      isPacketed: false,
      ...time,
    });
    return {
      ...world,
      async close() {
        await world.close();
        cable.close();
      },
    };
  }
  // The link is told the port when the far end has one.
  const deferred = deferredLink();
  const host = "127.0.0.1";
  const isPacketed = place === "udp";
  const world = await startWorld(profile, {
    link: deferred.link,
    transport: { kind: place, host, port: 0 },
    isPacketed,
    ...time,
  });
  const port = world.far.port ?? 0;
  deferred.become(isPacketed ? createUdpLink({ host, port }) : createTcpLink({ host, port }));
  return world;
}

function deferredLink() {
  let real: ByteLink | null = null;
  const wiring: ((link: ByteLink) => void)[] = [];
  const known = () => {
    if (real === null) throw new Error("the far end has no port yet");
    return real;
  };
  const link: ByteLink = {
    open: () => known().open(),
    close: () => known().close(),
    write: (bytes) => known().write(bytes),
    onData: (listener) => wiring.push((each) => each.onData(listener)),
    onClose: (listener) => wiring.push((each) => each.onClose(listener)),
  };
  return {
    link,
    become(next: ByteLink) {
      real = next;
      for (const wire of wiring) wire(next);
    },
  };
}

/** What the panel of the device shows, as the wire can say it. */
export function truth(device: VirtualDevice<TextProfile>, capability: Capability): number | null {
  return device.snapshot().values[capability] ?? null;
}
