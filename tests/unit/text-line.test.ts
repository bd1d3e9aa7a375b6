import { isText } from "@loa/shared/device/profile.ts";
import type { TextProfile } from "@loa/shared/device/profile-text.ts";
import { meaningOf } from "@loa/shared/device/text-line.ts";
import { fillPattern } from "@loa/shared/device/text-pattern.ts";
import { decodeText, takeLines } from "@loa/shared/device/text-point.ts";
import { describe, expect, it } from "vitest";
import { anyShippedProfile, profileIds } from "../support/profiles.ts";

function textProfile(id: string): TextProfile {
  const profile = anyShippedProfile(id);
  if (!isText(profile)) throw new Error(`${id} speaks no text`);
  return profile;
}

/** The driver asks this point and waits. */
function asking(profile: TextProfile, capability: string) {
  const point = profile.points.find((each) => each.capability === capability);
  if (point?.match === undefined) throw new Error(`${capability} is not asked`);
  return {
    patterns: [point.match],
    isGood: (word: string) => decodeText(point, word.trim()).quality === "good",
  };
}

describe("an Extron, whose answers are bare numbers", () => {
  const extron = textProfile("extron-netpa-ultra");
  const gain = asking(extron, "amplifier.gain");

  it("a number answers; what the amplifier says by itself does not", () => {
    expect(meaningOf(extron, gain, "-65")).toEqual({ kind: "answer" });
    expect(meaningOf(extron, gain, "DsG60000*-30")).toEqual({
      kind: "news",
      values: [{ capability: "amplifier.gain", quality: "good", value: -3 }],
    });
    expect(meaningOf(extron, gain, "(c) Copyright 2020, Extron")).toEqual({ kind: "noise" });
  });

  it("an error refuses, and garbage is an answer without sense", () => {
    expect(meaningOf(extron, gain, "E13")).toEqual({ kind: "refused" });
    expect(meaningOf(extron, gain, "?!")).toEqual({ kind: "answer" });
    expect(meaningOf(extron, null, "?!")).toEqual({ kind: "noise" });
  });
});

describe("an Ecler, whose answers look like its news", () => {
  const ecler = textProfile("ecler-npa-tp-net");

  it("the asked value is taken out of the stream, its PING is answered", () => {
    const mute = asking(ecler, "amplifier.mute");
    expect(meaningOf(ecler, mute, "DATA OLEVEL 1 80")).toEqual({ kind: "noise" });
    expect(meaningOf(ecler, mute, "DATA OMUTE 1 YES")).toEqual({ kind: "answer" });
    expect(meaningOf(ecler, mute, "SYSTEM PING")).toEqual({ kind: "asked", send: "SYSTEM PONG" });
    expect(meaningOf(ecler, mute, 'ERROR 5 "bad channel"')).toEqual({ kind: "refused" });
  });
});

it("another device on the same line is not heard", () => {
  const reference = textProfile("loa-reference-text-amplifier");
  const power = asking(reference, "amplifier.power");
  expect(meaningOf(reference, power, "02 POWER ON")).toEqual({ kind: "noise" });
  expect(meaningOf(reference, power, "01 POWER ON")).toEqual({ kind: "answer" });
  expect(meaningOf(reference, power, "01 THERE?")).toEqual({ kind: "asked", send: "01 HERE" });
});

const textIds = profileIds.filter((id) => isText(anyShippedProfile(id)));

it.each(textIds)("every golden reading of %s is found as the answer to its question", (id) => {
  const profile = textProfile(id);
  const { lineEnd } = profile.dialogue;
  for (const frame of profile.golden) {
    const asked = profile.points.filter(
      ({ ask }) =>
        ask !== undefined &&
        `${fillPattern(ask, { unit: profile.transport.unit })}${lineEnd}` === frame.request,
    );
    for (const point of asked) {
      const kinds = takeLines(profile, frame.reply).lines.map(
        (line) => meaningOf(profile, asking(profile, point.capability), line).kind,
      );
      expect(kinds).toContain("answer");
    }
  }
});
