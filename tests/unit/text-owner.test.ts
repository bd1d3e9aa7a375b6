import { createTextConversation } from "@loa/edge-agent/devices/text-conversation.ts";
import { createTextLine } from "@loa/edge-agent/devices/text-line.ts";
import { bytesOfText, textOf } from "@loa/edge-agent/devices/text-reader.ts";
import type { PointValue } from "@loa/shared/device/capability.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { createTestTime } from "../support/test-time.ts";
import { answerIn, textProfile } from "../support/text-world.ts";

/** The owner of a text line against a far end that says exactly what the test wants. */

type Script = (line: string) => readonly string[];

const reference = textProfile("loa-reference-text-amplifier");
const replies: Readonly<Record<string, string>> = {
  HELLO: "READY\r\n",
  "MODEL?": "MODEL LOA-REF-120T\r\n",
  "POWER?": "POWER OFF\r\n",
  "GAIN?": "GAIN -65\r\n",
  "MAINS?": "MAINS YES\r\n",
  "METER?": "METER -185 415\r\n",
  ALIVE: "OK\r\n",
  "POWER ON": "OK\r\n",
};

const well: Script = (line) => {
  const [unit = "", ...words] = line.split(" ");
  const reply = replies[words.join(" ")];
  return reply === undefined ? [] : [`${unit} ${reply}`];
};

async function start(script: Script = well, { profile = reference, isPacketed = false } = {}) {
  const time = createTestTime();
  const pipe = createBytePipe(time.timers);
  const [near, far] = pipe.ends;
  const heard: string[] = [];
  let answers = script;
  const say = (text: string) => far.write(bytesOfText(text));
  const { lineEnd, replyEnd } = profile.dialogue;
  let begun = "";
  far.onData((bytes) => {
    const parts = lineEnd === "" ? [textOf(bytes), ""] : (begun + textOf(bytes)).split(lineEnd);
    begun = parts.pop() ?? "";
    for (const line of parts) {
      heard.push(line);
      for (const text of answers(line)) say(text);
    }
  });
  await far.open();
  const log = createLogBook();
  const line = createTextLine({ link: near, replyEnd, isPacketed, ...time, log });
  onTestFinished(() => line.close());
  const join = (unit: string) => {
    const conversation = createTextConversation({ profile, line, unit });
    const news: PointValue[] = [];
    conversation.onNews((values) => news.push(...values));
    return { conversation, news };
  };
  const first = join(profile.transport.unit ?? "");
  return {
    ...first,
    ...time,
    pipe,
    far,
    heard,
    say,
    join,
    log,
    script(next: Script) {
      answers = next;
    },
    answer: <Answer>(asked: Promise<Answer>) => answerIn(time, asked),
  };
}

/** As `start`, and identified; what was said until then is forgotten. */
async function startKnown(...given: Parameters<typeof start>) {
  const world = await start(...given);
  expect(await world.answer(world.conversation.identify("usual"))).toEqual({ ok: true, value: undefined });
  // The first reading of a state is asked twice.
  await world.answer(world.conversation.readPoint("amplifier.power", "poll"));
  world.heard.length = 0;
  return world;
}

const off = { ok: true, value: { capability: "amplifier.power", quality: "good", value: 0 } };

describe("order", () => {
  it("a write goes ahead of every poll that waits, one question at a time", async () => {
    const { conversation, heard, answer } = await startKnown();
    const polls = Array.from({ length: 10 }, () => conversation.readPoint("amplifier.level", "poll"));
    const sent = await answer(conversation.send("amplifier.power", 1));
    expect(sent).toEqual({ ok: true, value: undefined });
    expect(heard.indexOf("01 POWER ON")).toBeLessThan(3);
    await answer(Promise.all(polls));
    expect(heard.filter((line) => line === "01 METER?")).toHaveLength(10);
  });

  it("more than anybody can want is refused, and nothing waits for ever", async () => {
    const { conversation, answer } = await startKnown(() => []).catch(() => start(() => []));
    const polls = Array.from({ length: 100 }, () => conversation.readPoint("amplifier.level", "poll"));
    const outcomes = await answer(Promise.all(polls.slice(-20)));
    expect(outcomes.every((outcome) => !outcome.ok && outcome.error === "timeout")).toBe(true);
  });
});

describe("hello and heartbeat", () => {
  it("says hello at each opening, before anything else", async () => {
    const { conversation, heard, pipe, far, advance, answer } = await start();
    await answer(conversation.identify("usual"));
    expect(heard).toEqual(["01 HELLO", "01 MODEL?"]);
    pipe.pull();
    pipe.plugIn();
    await far.open();
    await advance(1_100);
    heard.length = 0;
    expect(await answer(conversation.readPoint("amplifier.level", "poll"))).toMatchObject({ ok: true });
    expect(heard).toEqual(["01 HELLO", "01 METER?"]);
  });

  it("the heartbeat is said when we were quiet for long, and only then", async () => {
    const { conversation, heard, advance, answer } = await startKnown();
    for (let round = 0; round < 5; round++) {
      await advance(15_000);
      await answer(conversation.readPoint("amplifier.level", "poll"));
    }
    expect(heard).not.toContain("01 ALIVE");
    heard.length = 0;
    await advance(65_000);
    expect(heard).toEqual(["01 ALIVE", "01 ALIVE", "01 ALIVE"]);
  });

  it("a device that is lost is not reminded of us; it is greeted when it is asked again", async () => {
    const { conversation, heard, advance, answer, script } = await startKnown();
    script(() => []);
    await answer(conversation.readPoint("amplifier.level", "poll"));
    heard.length = 0;
    await advance(120_000);
    expect(heard).toEqual([]);
    script(well);
    expect(await answer(conversation.readPoint("amplifier.level", "poll"))).toMatchObject({ ok: true });
    expect(heard).toEqual(["01 HELLO", "01 METER?"]);
  });
});

describe("what comes unasked", () => {
  it("a message between question and answer is news, and the answer is still found", async () => {
    const { conversation, news, script, answer, advance } = await startKnown();
    script((line) => (line === "01 POWER?" ? ["01 NEWS MAINS NO\r\n", ...well(line)] : well(line)));
    expect(await answer(conversation.readPoint("amplifier.power", "poll"))).toEqual(off);
    await advance(500);
    // News is a hint: the device was asked, and the mains are there.
    expect(news).toEqual([{ capability: "mains.present", quality: "good", value: 1 }]);
  });

  it("a message in the middle of an answer spoils it, and is never read as a value", async () => {
    const { conversation, script, answer } = await startKnown();
    let spoilt = 0;
    script((line) => {
      if (line !== "01 METER?" || spoilt++ > 0) return well(line);
      return ["01 METER -01 NEWS MAINS NO\r\n185 415\r\n"];
    });
    const read = await answer(conversation.readPoint("amplifier.level", "poll"));
    expect(read).toEqual({
      ok: true,
      value: { capability: "amplifier.level", quality: "good", value: -18.5 },
    });
  });

  it("what the device asks is answered, also while a late answer is waited out", async () => {
    const { conversation, heard, say, script, answer, advance } = await startKnown();
    say("01 THERE?\r\n");
    await advance(50);
    expect(heard).toEqual(["01 HERE"]);
    script(() => []);
    const asked = conversation.readPoint("amplifier.level", "poll");
    await advance(400);
    say("01 THERE?\r\n");
    await advance(50);
    expect(heard.at(-1)).toBe("01 HERE");
    await answer(asked);
  });

  it("a flood of questions is answered so often and no more", async () => {
    const { heard, say, advance } = await startKnown();
    for (let count = 0; count < 200; count++) say("01 THERE?\r\n");
    await advance(900);
    expect(heard.length).toBeLessThanOrEqual(20);
  });
});

describe("answers that are none", () => {
  it("a refused command is refused once, not asked again", async () => {
    const { conversation, heard, script, answer } = await startKnown();
    script(() => ["01 ERR 7\r\n"]);
    expect(await answer(conversation.send("amplifier.power", 1))).toEqual({ ok: false, error: "exception" });
    expect(heard).toEqual(["01 POWER ON"]);
  });

  it("a line without end is thrown away, and the line is used again", async () => {
    const { conversation, say, script, answer } = await startKnown();
    script(() => Array.from({ length: 40 }, () => "x".repeat(100)));
    const lost = await answer(conversation.readPoint("amplifier.level", "poll"));
    expect(lost).toEqual({ ok: false, error: "wrong-reply" });
    script(well);
    say("the tail of it\r\n");
    expect(await answer(conversation.identify("usual"))).toMatchObject({ ok: true });
    expect(await answer(conversation.readPoint("amplifier.power", "poll"))).toEqual(off);
  });

  it("a line that has begun before the question is waited out", async () => {
    const { conversation, say, advance, answer } = await startKnown();
    say("01 POW");
    await advance(50);
    const asked = conversation.readPoint("amplifier.power", "poll");
    await advance(20);
    say("ER ON\r\n");
    expect(await answer(asked)).toEqual(off);
  });

  it("a state that was garbled once is not believed", async () => {
    const { conversation, script, answer } = await startKnown();
    let asked = 0;
    script((line) => (line === "01 POWER?" && asked++ === 0 ? ["01 POWER ON\r\n"] : well(line)));
    const read = await answer(conversation.readPoint("amplifier.power", "poll"));
    expect(read).toEqual({ ok: true, value: { capability: "amplifier.power", quality: "invalid" } });
    expect(await answer(conversation.readPoint("amplifier.power", "poll"))).toEqual(off);
  });

  it("no value is a value that says so, not a question to repeat", async () => {
    const { conversation, heard, script, answer } = await startKnown();
    script((line) => (line === "01 METER?" ? ["01 METER -9999 0\r\n"] : well(line)));
    const read = await answer(conversation.readPoint("amplifier.level", "poll"));
    expect(read).toEqual({ ok: true, value: { capability: "amplifier.level", quality: "invalid" } });
    expect(heard).toEqual(["01 METER?"]);
  });
});

describe("several on one line", () => {
  it("each hears its own answers and its own news", async () => {
    const world = await startKnown();
    const second = world.join("02");
    world.script((line) => (line === "02 POWER?" ? ["01 POWER OFF\r\n", "02 POWER ON\r\n"] : well(line)));
    expect(await world.answer(second.conversation.identify("usual"))).toMatchObject({ ok: true });
    expect(world.heard).toEqual(["02 HELLO", "02 MODEL?"]);
    expect(await world.answer(second.conversation.readPoint("amplifier.power", "poll"))).toMatchObject({
      value: { value: 1 },
    });
    expect(await world.answer(world.conversation.readPoint("amplifier.power", "poll"))).toEqual(off);
    world.say("02 NEWS MAINS NO\r\n");
    await world.advance(500);
    expect([world.news, second.news.map(({ capability }) => capability)]).toEqual([[], ["mains.present"]]);
  });

  it("one that does not answer holds the other up only for its own time-outs", async () => {
    const world = await startKnown();
    const dead = world.join("02");
    world.script((line) => (line.startsWith("02") ? [] : well(line)));
    const lost = dead.conversation.identify("one-try");
    expect(await world.answer(world.conversation.readPoint("amplifier.power", "poll"))).toEqual(off);
    expect(await world.answer(lost)).toEqual({ ok: false, error: "timeout" });
  });
});

it("in packets, half a packet is never joined with the next one", async () => {
  const { conversation, script, answer } = await start(undefined, {
    profile: textProfile("ecler-npa-tp-net"),
    isPacketed: true,
  });
  let asked = 0;
  script((line) => {
    if (line === "GET INFO_MODEL") return ["DATA INFO_MODEL NPA4000T\n"];
    if (line === "GET OLEVEL 1") return asked++ === 0 ? ["DATA OLEVEL 1 8"] : ["0\n", "DATA OLEVEL 1 75\n"];
    return [];
  });
  await answer(conversation.identify("usual"));
  expect(await answer(conversation.readPoint("amplifier.volume", "poll"))).toMatchObject({
    ok: true,
    value: { value: 75 },
  });
});
