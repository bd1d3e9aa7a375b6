import { createTextConversation } from "@loa/edge-agent/devices/text-conversation.ts";
import { createTextLine } from "@loa/edge-agent/devices/text-line.ts";
import { bytesOfText, textOf } from "@loa/edge-agent/devices/text-reader.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { TextGolden, TextProfile } from "@loa/shared/device/profile-text.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { noFaults } from "@loa/simulator/virtual-device/device-fault.ts";
import { createTextSpeaker } from "@loa/simulator/virtual-device/text-speaker.ts";
import type { VirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { createTestTime } from "../support/test-time.ts";
import { answerIn, textIds, textProfile } from "../support/text-world.ts";

/** Every golden frame of every text profile, made and understood by both ends. */

const frames = textIds.flatMap((id) =>
  textProfile(id).golden.map((frame) => ({ id, title: frame.title, frame })),
);

/** The driver's end; the far end answers the golden request with the golden reply, and greetings as it must. */
async function converse(profile: TextProfile, frame: TextGolden) {
  const time = createTestTime();
  const [near, far] = createBytePipe(time.timers).ends;
  const sent: string[] = [];
  far.onData((bytes) => {
    const text = textOf(bytes);
    sent.push(text);
    const hello = profile.dialogue.hello.find(({ send }) => text.startsWith(filled(profile, send)));
    if (text === frame.request) far.write(bytesOfText(frame.reply));
    else if (hello?.reply !== undefined)
      far.write(bytesOfText(`${filled(profile, hello.reply)}${profile.dialogue.replyEnd}`));
  });
  await far.open();
  const isPacketed = profile.transport.kind === "text-udp";
  const { replyEnd } = profile.dialogue;
  const line = createTextLine({ link: near, replyEnd, isPacketed, ...time, log: createLogBook() });
  onTestFinished(() => line.close());
  return { time, sent, conversation: createTextConversation({ profile, line }) };
}

function filled({ transport }: TextProfile, pattern: string): string {
  return pattern.replaceAll("{unit}", transport.unit ?? "");
}

/** The device's end, on a device that shows what the frame expects and remembers what is set. */
function speak(
  profile: TextProfile,
  frame: TextGolden,
): { readonly said: string; readonly set: Map<Capability, number> } {
  const values = Object.fromEntries(frame.expect.map(({ capability, value }) => [capability, value]));
  const set = new Map<Capability, number>();
  const device: VirtualDevice<TextProfile> = {
    profile,
    faults: () => noFaults,
    setFaults: () => {},
    setFault: () => {},
    snapshot: () => ({ faults: [], values }),
    set: (capability, value) => set.set(capability, value),
    setFor: () => {},
    hears: () => true,
    watchedBy: () => {},
  };
  const { timers } = createTestTime();
  let said = "";
  const send = (bytes: Uint8Array) => {
    said += textOf(bytes);
  };
  const isPacketed = profile.transport.kind === "text-udp";
  const speaker = createTextSpeaker({
    device,
    isPacketed,
    send,
    timers,
    random: createSeededRandom("golden"),
  });
  const { hello, lineEnd } = profile.dialogue;
  for (const { send: greeting } of hello)
    speaker.receive(bytesOfText(`${filled(profile, greeting)}${lineEnd}`));
  said = "";
  speaker.receive(bytesOfText(frame.request));
  return { said, set };
}

function isWrite(profile: TextProfile, { request }: TextGolden): boolean {
  return !profile.points.some(
    ({ ask }) => ask !== undefined && `${filled(profile, ask)}${profile.dialogue.lineEnd}` === request,
  );
}

describe.each(frames)("$id: $title", ({ id, frame }) => {
  const profile = textProfile(id);

  it("the driver makes the request and understands the reply", async () => {
    const { conversation, sent, time } = await converse(profile, frame);
    for (const { capability, value } of frame.expect) {
      sent.length = 0;
      if (isWrite(profile, frame)) {
        const outcome = await answerIn(time, conversation.send(capability, value ?? Number.NaN));
        expect(outcome).toEqual({ ok: true, value: undefined });
      } else {
        const read = await answerIn(time, conversation.readPoint(capability, "poll"));
        if (value === null) expect(read).toMatchObject({ value: { quality: "invalid" } });
        else {
          expect(read).toMatchObject({ value: { capability, quality: "good" } });
          expect(read.ok && read.value.quality === "good" ? read.value.value : null).toBeCloseTo(value, 9);
        }
      }
      expect(sent).toContain(frame.request);
    }
  });

  it("the virtual device understands the request, and its reply means the same", async () => {
    const { said, set } = speak(profile, frame);
    if (isWrite(profile, frame)) {
      expect(said).toBe(frame.reply);
      expect([...set]).toEqual(frame.expect.map(({ capability, value }) => [capability, value]));
      return;
    }
    const { conversation, time } = await converse(profile, { ...frame, reply: said });
    for (const { capability, value } of frame.expect) {
      const read = await answerIn(time, conversation.readPoint(capability, "poll"));
      const found = read.ok && read.value.quality === "good" ? read.value.value : null;
      if (value === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(value, 9);
    }
  });
});
