import { confirmations, isConfirmed as isConfirmedThere } from "@loa/controller/domain/emergencies.ts";
import { renditionKinds as kindsThere } from "@loa/controller/domain/rendition.ts";
import type { StoredClip } from "@loa/controller/web/api/shapes.ts";
import { renditionKinds } from "@loa/controller/web/api/sound-shapes.ts";
import {
  type EmergencyForm,
  emptyEmergency,
  isConfirmed,
  lengthOfEmergency,
  wishOfEmergency,
} from "@loa/controller/web/view/emergency-form.ts";
import { moved, type ProgrammePart, wishOfProgramme } from "@loa/controller/web/view/programme-form.ts";
import { emptyRelay, formOfRelay, wishOfRelay } from "@loa/controller/web/view/relay-form.ts";
import { formOfVolume, volumeOfForm } from "@loa/controller/web/view/volume-form.ts";
import { relaySource } from "@loa/shared/broadcast/relay.ts";
import { areaId, bulletinId, relayId, sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";

const area = areaId.parse("an-hoa");
const clip: StoredClip = {
  sha256: sha256.parse("a".repeat(64)),
  durationMs: 20_000,
  loudnessLufs: -19,
  truePeakDb: -2,
  gainDb: 3,
  trimmedStartMs: 0,
  trimmedEndMs: 0,
  renditions: [],
  hasOriginal: true,
  speech: null,
  waveform: [],
  fileName: "lu.mp3",
};

describe("the form of an emergency", () => {
  const filled: EmergencyForm = {
    ...emptyEmergency,
    severity: "actual",
    areas: [area],
    headline: " Lũ quét ",
    confirm: "KHẨN CẤP",
  };

  it("decides nothing for the person: without actual or exercise there is nothing to raise", () => {
    expect(emptyEmergency.severity).toBeNull();
    expect(wishOfEmergency({ ...filled, severity: null }).kind).toBe("incomplete");
    for (const lacking of [{ areas: [] }, { headline: " " }, { message: "clip" }] as const) {
      expect(wishOfEmergency({ ...filled, ...lacking }).kind).toBe("incomplete");
    }
  });

  it("takes the same words as the controller, and no other", () => {
    for (const severity of ["actual", "exercise"] as const) {
      const typed = [
        confirmations[severity],
        confirmations[severity].toLowerCase().normalize("NFD"),
        "ok",
        "",
      ];
      for (const text of [...typed, confirmations[severity === "actual" ? "exercise" : "actual"]]) {
        expect(isConfirmed(severity, text), text).toBe(isConfirmedThere(severity, text));
      }
    }
  });

  it("refuses numbers that the controller would refuse", () => {
    const wrong = [{ sirenS: "61" }, { times: "0" }, { gapS: "" }, { durationMin: "1441" }, { times: "1.5" }];
    for (const change of wrong) expect(wishOfEmergency({ ...filled, ...change }).kind).toBe("wrong");
    expect(wishOfEmergency(filled)).toMatchObject({
      kind: "complete",
      wish: { headline: "Lũ quét", message: null, sirenS: 8, times: 2, gapS: 5, durationMin: 60 },
    });
  });

  it("says how long it takes as the boxes will take it", () => {
    const built = lengthOfEmergency(filled, new Map());
    expect(built).toEqual({ oneMs: 17_000, allMs: 39_000, outlasts: false });
    const own = { ...filled, severity: "exercise", message: "clip", clip } as const;
    const lengths = new Map([[clip.sha256, clip.durationMs]]);
    // An exercise says its own words first.
    expect(lengthOfEmergency(own, lengths)?.oneMs).toBe(8_000 + 9_000 + 20_000);
    expect(lengthOfEmergency({ ...filled, times: "10", durationMin: "1" }, lengths)?.outlasts).toBe(true);
  });
});

describe("the form of a relay", () => {
  const stream = { ...emptyRelay(area), title: "VOV1", url: " https://phat.example/vov1.m3u8 " };

  it("sends what the box understands, and comes back as it was", () => {
    const wish = wishOfRelay({
      ...stream,
      hosts: "CDN.example, b.example",
      fixedDelayS: "2,5",
      gainDb: "-3",
    });
    const id = relayId.parse("relay-abcdefghjkmn");
    expect(relaySource.parse({ ...wish?.source, id, title: wish?.title })).toMatchObject({
      url: "https://phat.example/vov1.m3u8",
      hosts: ["cdn.example", "b.example"],
      fixedDelayMs: 2_500,
      gainDb: -3,
    });
    if (wish === null) throw new Error("no wish");
    const known = { id, areaId: area, createdAt: asInstant(0), ...wish };
    expect(wishOfRelay(formOfRelay(known))).toEqual(wish);
  });

  it.each([
    [{ title: " " }],
    [{ area: null }],
    [{ url: "file:///etc/passwd" }],
    [{ url: "phat.example" }],
    [{ fixedDelayS: "31" }],
    [{ gainDb: "25" }],
  ])("refuses %o", (change) => {
    expect(wishOfRelay({ ...stream, ...change })).toBeNull();
  });

  it("of an input asks for nothing that only streams have", () => {
    expect(wishOfRelay({ ...emptyRelay(area), title: "FM", kind: "input", url: "" })?.source).toEqual({
      kind: "input",
      input: "fm",
      gainDb: 0,
    });
  });
});

describe("the form of a programme", () => {
  const relay = relayId.parse("relay-abcdefghjkmn");
  const bulletin = bulletinId.parse("bulletin-abcdefghjkmn");
  const parts: readonly ProgrammePart[] = [
    { key: 1, kind: "relay", relay, title: "VOV1", end: "hard", minutes: "15" },
    { key: 2, kind: "bulletin", bulletin, title: "Tin", end: "soft", durationMs: 60_000 },
  ];

  it("keeps the order that people give it", () => {
    expect(moved(parts, 1, 0).map((one) => one.key)).toEqual([2, 1]);
    expect(moved(parts, 0, -1)).toBe(parts);
    expect(moved(parts, 1, 2)).toBe(parts);
    expect(wishOfProgramme({ title: "Sáng", area, parts: moved(parts, 0, 1) })?.items).toEqual([
      { bulletin, end: "soft" },
      { relay, durationMs: 900_000, end: "hard" },
    ]);
  });

  it("is not sent without a name, a part or the length of a relay", () => {
    expect(wishOfProgramme({ title: "", area, parts })).toBeNull();
    expect(wishOfProgramme({ title: "Sáng", area, parts: [] })).toBeNull();
    const endless: readonly ProgrammePart[] = [
      { key: 1, kind: "relay", relay, title: "VOV1", end: "hard", minutes: "121" },
    ];
    expect(wishOfProgramme({ title: "Sáng", area, parts: endless })).toBeNull();
  });
});

describe("the form of the volume", () => {
  const plain = { gainDb: 0, byHour: [], capDb: 0, emergencyDb: 0 };

  it("leaves to the area above what is not its own", () => {
    expect(volumeOfForm(formOfVolume(null, plain))).toBeNull();
  });

  it("comes back as it was, spans by hour too", () => {
    const own = volumeOfForm({
      isOwn: true,
      gainDb: "-6",
      capDb: "-3",
      emergencyDb: "0",
      byHour: [{ from: "21:00", to: "05:00", gainDb: "-12" }],
    });
    expect(own).toMatchObject({
      gainDb: -6,
      byHour: [{ span: { from: "21:00:00", to: "05:00:00" }, gainDb: -12 }],
    });
    if (own == null) throw new Error("no volume");
    expect(volumeOfForm(formOfVolume(own, plain))).toEqual(own);
  });

  it("refuses a level that no amplifier has, and a span of no length", () => {
    const own = { ...formOfVolume(plain, plain), isOwn: true };
    expect(volumeOfForm({ ...own, gainDb: "21" })).toBeUndefined();
    const span = { from: "05:00", to: "05:00", gainDb: "0" };
    expect(volumeOfForm({ ...own, byHour: [span] })).toBeUndefined();
  });
});

it("the page offers every rendition that there is", () => {
  expect([...renditionKinds].sort()).toEqual([...kindsThere].sort());
});
