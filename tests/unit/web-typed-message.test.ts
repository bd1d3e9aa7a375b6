import { MAX_WRITTEN_CHARS } from "@loa/controller/media/speech/speech-limits.ts";
import { emptyEmergency, wishOfEmergency } from "@loa/controller/web/view/emergency-form.ts";
import { listOf, MAX_TYPED_CHARS, speechWish } from "@loa/controller/web/view/typed-message.ts";
import { areaId, sha256 } from "@loa/shared/kernel/ids.ts";
import { describe, expect, test } from "vitest";

const clip = {
  sha256: sha256.parse("a".repeat(64)),
  durationMs: 9_000,
  loudnessLufs: -17,
  truePeakDb: -4,
  gainDb: 1,
  trimmedStartMs: 0,
  trimmedEndMs: 0,
  renditions: [],
  hasOriginal: false,
  waveform: [],
  fileName: "Lũ về",
  speech: { spoken: "Lũ về." },
};

describe("a typed message", () => {
  const typed = { text: "Lũ về", dialect: "south", pace: "slow" } as const;

  test("is asked for as it is typed, in words a minute", () => {
    expect(speechWish(typed)).toEqual({ text: "Lũ về", dialect: "south", rate: 115 });
  });

  test("is not asked for while it is empty, or longer than the controller takes", () => {
    expect(speechWish({ ...typed, text: " \n" })).toBeNull();
    expect(speechWish({ ...typed, text: "ơ".repeat(MAX_TYPED_CHARS) })).not.toBeNull();
    expect(speechWish({ ...typed, text: "ơ".repeat(MAX_TYPED_CHARS + 1) })).toBeNull();
    expect(MAX_TYPED_CHARS).toBe(MAX_WRITTEN_CHARS);
  });

  test("tells what is spelled with how it sounds", () => {
    const notices = [
      { kind: "spelled", written: "BVTM", spoken: "bê vê tê mờ" },
      { kind: "left-out", written: "www.loa.vn", spoken: "" },
      { kind: "spelled", written: "XK", spoken: "ích ca" },
    ] as const;
    expect(listOf(notices, "spelled")).toBe("BVTM (bê vê tê mờ), XK (ích ca)");
    expect(listOf(notices, "left-out")).toBe("www.loa.vn");
    expect(listOf(notices, "foreign")).toBe("");
  });

  test("goes into an emergency as the clip that it became, and not before", () => {
    const form = {
      ...emptyEmergency,
      severity: "exercise",
      areas: [areaId.parse("an-hoa")],
      headline: "Lũ về",
      message: "typed",
      typed,
    } as const;
    expect(wishOfEmergency(form)).toEqual({ kind: "incomplete" });
    expect(wishOfEmergency({ ...form, spoken: clip })).toMatchObject({
      kind: "complete",
      wish: { message: { clip: clip.sha256 } },
    });
    const corrected = { ...form, spoken: clip, correction: "typed" } as const;
    expect(wishOfEmergency(corrected)).toEqual({ kind: "incomplete" });
    expect(wishOfEmergency({ ...corrected, correctionSpoken: clip })).toMatchObject({
      wish: { correction: { clip: clip.sha256 } },
    });
    // What was recorded before is another message.
    expect(wishOfEmergency({ ...form, clip })).toEqual({ kind: "incomplete" });
  });
});
