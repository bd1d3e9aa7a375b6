import { en } from "@loa/controller/web/i18n/en.ts";
import { vi } from "@loa/controller/web/i18n/vi.ts";
import { findingsOf } from "@loa/controller/web/view/findings.ts";
import { lastSession, sessionsOf } from "@loa/controller/web/view/sessions.ts";
import type { Evidence } from "@loa/shared/broadcast/receipt.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { boxRow, dueAt, heardEvidence, receiptRow, session } from "../support/web-rows.ts";

const sentences = (evidence: Evidence, texts = en) => findingsOf(evidence).map(texts.words.finding);

describe("evidence in plain words", () => {
  it("says first what was measured behind the amplifier", () => {
    expect(sentences(heardEvidence)[0]).toBe("The amplifier's output measured −18.0 dBFS.");
    expect(sentences(heardEvidence, vi)[0]).toBe("Đầu ra tăng âm đo được −18,0 dBFS.");
  });

  it("tells sound from a reading that is as good as silence", () => {
    expect(sentences({ ...heardEvidence, amplifierDb: -71 })[0]).toContain("which is silence");
  });

  it("says so when nobody measures, and does not pretend", () => {
    const played = sentences({ ...heardEvidence, amplifierDb: null });
    expect(played[0]).toBe("Nothing measures the sound at the output.");
    expect(played).toContain("The amplifier's power read back as on.");
  });

  it("believes a microphone first, whatever the amplifier says of itself", () => {
    const deaf = sentences({ ...heardEvidence, microphoneMatch: 0.04 });
    expect(deaf[0]).toBe("A microphone near the loudspeaker does not hear what is played (match 4 %).");
    const heard = sentences({ ...heardEvidence, amplifierDb: null, microphoneMatch: 0.87 }, vi);
    expect(heard[0]).toBe("Micrô gần loa nghe đúng tiếng đang phát (khớp 87 %).");
    expect(heard).not.toContain("Không có thiết bị đo tiếng ở đầu ra.");
  });

  it("says for how long nothing was measured, and what a meter without decibels shows", () => {
    const seen = { ...heardEvidence, amplifierDb: null, amplifierMeterPercent: 42, unmeasuredMs: 72_000 };
    expect(sentences(seen).slice(0, 2)).toEqual([
      "The amplifier's meter shows 42 %.",
      "For 01:12 nothing measured the output.",
    ]);
  });

  it("has one sentence less of everything when nothing was played", () => {
    const nothing = { ...heardEvidence, playedMs: 0, startErrorMs: null, mixerDb: null };
    expect(sentences(nothing)[0]).toBe("Nothing was played.");
    expect(sentences(nothing)).toHaveLength(2);
  });

  it("tells a part from the whole", () => {
    expect(sentences({ ...heardEvidence, playedMs: 240_000 })).toContain("04:00 of 10:00 were played.");
    expect(sentences({ ...heardEvidence, playedMs: 599_500 })).toContain("All 10:00 were played.");
  });

  it("tells late from on time", () => {
    expect(sentences({ ...heardEvidence, startErrorMs: 2_500 }, vi)).toContain("Bắt đầu muộn 2,5 giây.");
    expect(sentences(heardEvidence, vi)).toContain("Bắt đầu đúng giờ (lệch 14 ms).");
  });
});

describe("receipts of a session", () => {
  it("are counted by verdict, the worst named first", () => {
    const [found] = sessionsOf([
      receiptRow("a", "heard"),
      receiptRow("b", "missed"),
      receiptRow("c", "heard"),
    ]);
    expect(found?.tally).toMatchObject({ heard: 2, missed: 1, unknown: 0 });
    expect(found?.receipts.map((one) => one.boxId)).toEqual(["b", "a", "c"]);
  });

  it("count a box once: what it said later replaces what the controller had to assume", () => {
    const assumed = receiptRow("a", "unknown", { cause: "no-report" });
    const said = receiptRow("a", "heard", { at: plus(assumed.at, 90_000) });
    for (const order of [
      [assumed, said],
      [said, assumed],
    ]) {
      expect(sessionsOf(order)[0]?.tally).toMatchObject({ heard: 1, unknown: 0 });
    }
  });

  it("give the wallboard the newest session only", () => {
    const receipt = { occurrenceId: session, title: "Bản tin chiều", cause: null, dueAt, at: dueAt };
    const rows = [
      boxRow("a", { lastReceipt: { ...receipt, verdict: "heard" } }),
      boxRow("b", {
        lastReceipt: {
          ...receipt,
          verdict: "missed",
          dueAt: plus(dueAt, -1),
          occurrenceId: "older@2026-11-22T17:00:00" as typeof session,
        },
      }),
      boxRow("c"),
    ];
    expect(lastSession(rows)).toMatchObject({ occurrenceId: session, tally: { heard: 1, missed: 0 } });
    expect(lastSession([boxRow("c")])).toBeNull();
  });
});
