import { rangeOf } from "@loa/edge-agent/sound/relay/address-range.ts";
import { createBackOff } from "@loa/edge-agent/sound/relay/back-off.ts";
import { createCaptureTimes } from "@loa/edge-agent/sound/relay/capture-times.ts";
import { createGate, type HostAddress } from "@loa/edge-agent/sound/relay/gate.ts";
import { nextSegments } from "@loa/edge-agent/sound/relay/hls-edge.ts";
import { type HlsSegment, parseHls } from "@loa/edge-agent/sound/relay/hls-playlist.ts";
import { mediaTimeBetween } from "@loa/edge-agent/sound/relay/media-time.ts";
import { splitPath } from "@loa/edge-agent/sound/relay/rtmp-dialect.ts";
import { createRtspListener } from "@loa/edge-agent/sound/relay/rtsp-dialect.ts";
import { sniff, withoutId3 } from "@loa/edge-agent/sound/relay/sound-format.ts";
import { createSplice, tailOf } from "@loa/edge-agent/sound/relay/splice.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { describe, expect, test } from "vitest";

describe("the range of an address", () => {
  test.each([
    [
      "never",
      [
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "::",
        "ff02::1",
        "::ffff:0.0.0.0",
      ],
    ],
    [
      "inside",
      [
        ...[
          "127.0.0.1",
          "127.255.255.254",
          "10.0.0.1",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.1.1",
          "169.254.169.254",
        ],
        ...[
          "100.64.0.1",
          "100.127.255.255",
          "198.18.0.1",
          "::1",
          "fe80::1",
          "fc00::1",
          "fdff::1",
          "::ffff:127.0.0.1",
        ],
        ...["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:1::1", "2001:db8::1", "fec0::1"],
      ],
    ],
    [
      "public",
      [
        "1.1.1.1",
        "203.162.0.11",
        "172.32.0.1",
        "100.128.0.1",
        "2405:4800::1",
        "2a00:1450::1",
        "::ffff:1.1.1.1",
      ],
    ],
  ] as const)("%s: %s", (range, addresses) => {
    for (const address of addresses) expect.soft(rangeOf(address), address).toBe(range);
  });
});

describe("the gate", () => {
  const gate = (resolver: (name: string) => Promise<readonly HostAddress[]>, isPrivate = false) =>
    createGate({
      url: "http://Radio.Example/live",
      hosts: ["cdn.example", "[2405::1]"],
      isPrivate,
      isEmergency: false,
      timers: nodeTimers,
      resolver,
    });
  const four = (address: string): HostAddress => ({ address, family: 4 });

  test("admits-the-host-of-the-address-and-the-listed-ones, and-no-other", () => {
    const { admits } = gate(async () => []);
    for (const url of [
      "http://radio.example/",
      "https://RADIO.example:8443/x",
      "http://cdn.example/a",
      "http://[2405::1]/a",
    ]) {
      expect.soft(admits(new URL(url)), url).toBe(true);
    }
    for (const url of [
      "http://example/",
      "http://evil-radio.example/",
      "http://radio.example.evil.test/",
      "http://sub.cdn.example/",
    ]) {
      expect.soft(admits(new URL(url)), url).toBe(false);
    }
  });

  test("who-proves-itself-for-an-emergency-leads-nowhere-where-nobody-has-to", () => {
    const hosts = ["cdn.example"];
    const admits = (url: string, to: string) =>
      createGate({ url, hosts, isPrivate: false, isEmergency: true, timers: nodeTimers }).admits(new URL(to));
    expect(admits("https://radio.example/live", "https://cdn.example/a")).toBe(true);
    expect(admits("https://radio.example/live", "http://radio.example/live")).toBe(false);
    expect(admits("https://radio.example/live", "http://cdn.example/a")).toBe(false);
    expect(admits("rtmps://radio.example/live", "rtmp://radio.example/live")).toBe(false);
    // One in the province's own network was approved as it is.
    expect(admits("http://radio.example/live", "http://cdn.example/a")).toBe(true);
  });

  test("in-an-emergency-who-proves-nothing-is-heard-from-the-province's-own-network-only", async () => {
    const to = (url: string, address: string) =>
      createGate({
        ...{ url, hosts: [], isPrivate: true, isEmergency: true, timers: nodeTimers },
        resolver: async () => [four(address)],
      }).resolve("radio.example");
    const refused = { ok: false, error: "not-allowed" };
    expect(await to("http://radio.example/live", "1.1.1.1")).toEqual(refused);
    expect(await to("rtsp://radio.example/live", "1.1.1.1")).toEqual(refused);
    expect(await to("http://radio.example/live", "10.0.0.1")).toMatchObject({ ok: true });
    expect(await to("https://radio.example/live", "1.1.1.1")).toMatchObject({ ok: true });
  });

  test("takes-the-first-address-that-may-be-reached, and-none-that-may-not", async () => {
    expect(await gate(async () => [four("10.0.0.1"), four("1.1.1.1")]).resolve("a")).toEqual({
      ok: true,
      value: four("1.1.1.1"),
    });
    expect(await gate(async () => [four("10.0.0.1")]).resolve("a")).toEqual({
      ok: false,
      error: "not-allowed",
    });
    expect(await gate(async () => [four("10.0.0.1")], true).resolve("a")).toEqual({
      ok: true,
      value: four("10.0.0.1"),
    });
    expect(await gate(async () => [four("224.0.0.1")], true).resolve("a")).toEqual({
      ok: false,
      error: "not-allowed",
    });
    expect(await gate(async () => []).resolve("a")).toEqual({ ok: false, error: "unreachable" });
    expect(await gate(() => Promise.reject(new Error("no such name"))).resolve("a")).toEqual({
      ok: false,
      error: "unreachable",
    });
  });
});

describe("what the first bytes are", () => {
  /** Three frames of 64 kbit/s at 48 kHz are 192 bytes each. */
  const mp3 = Buffer.concat(
    Array.from({ length: 4 }, () =>
      Buffer.concat([Buffer.from([0xff, 0xfb, 0x54, 0xc4]), Buffer.alloc(188)]),
    ),
  );

  test("mp3-is-found-in-the-middle-of-a-frame-and-behind-a-tag", () => {
    expect(sniff(Buffer.concat([Buffer.alloc(100, 3), mp3]), false)).toEqual({
      kind: "sound",
      format: "mp3",
    });
    const tagged = Buffer.concat([
      Buffer.from("ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0005"),
      Buffer.alloc(5),
      mp3,
    ]);
    expect(sniff(tagged, false)).toEqual({ kind: "sound", format: "mp3" });
    expect(withoutId3(tagged)).toEqual(mp3);
  });

  test.each([
    ["ogg", Buffer.from("OggS\u0000\u0002aaaaaaaaaaaaaaa")],
    ["flac", Buffer.from("fLaCaaaaaaaaaaaaaaaaa")],
    ["wav", Buffer.from("RIFF\u0001\u0001\u0001\u0001WAVEfmt aaaa")],
    ["mp4", Buffer.from("\u0000\u0000\u0000\u0018ftypiso5aaaaaaaaa")],
  ] as const)("%s by its mark", (format, bytes) => {
    expect(sniff(bytes, false)).toEqual({ kind: "sound", format });
  });

  test("of-a-few-bytes-nothing-is-said-yet", () => {
    expect(sniff(Buffer.from("<ht"), false)).toEqual({ kind: "more" });
    expect(sniff(mp3.subarray(0, 300), false)).toEqual({ kind: "more" });
    expect(sniff(Buffer.alloc(9_000, 200), false)).toEqual({ kind: "wrong" });
  });
});

describe("a splice", () => {
  test("finds-what-is-new, however-it-is-cut", () => {
    const old = Buffer.from(
      Array.from({ length: 5_000 }, (_, index) => Math.floor(1e4 * Math.sin(index * index + 1)) & 255),
    );
    const tail = tailOf(Buffer.alloc(0), old);
    for (const size of [1, 7, 1_000, 10_000]) {
      const again = Buffer.concat([old.subarray(1_000), Buffer.from("and this is new")]);
      const splice = createSplice(tail);
      const fresh: Buffer[] = [];
      let isFound = false;
      for (let at = 0; at < again.length; at += size) {
        const piece = again.subarray(at, at + size);
        const given: Buffer | null = isFound ? piece : splice.add(piece);
        isFound ||= given !== null;
        if (given !== null) fresh.push(given);
      }
      expect.soft(Buffer.concat(fresh).toString(), `pieces of ${size}`).toBe("and this is new");
    }
  });
});

describe("segments", () => {
  const segment = (sequence: number): HlsSegment => ({
    sequence,
    part: { url: new URL(`http://a/${sequence}.ts`), range: null },
    durationMs: 2_000,
    init: null,
    isDiscontinuous: false,
    wallMs: null,
  });
  const window = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => segment(from + index));
  const chosen = (...how: Parameters<typeof nextSegments>) => {
    const { segments, isContinuous } = nextSegments(...how);
    return [segments[0]?.sequence ?? null, segments.length, isContinuous];
  };

  test.each([
    ["at first, the depth from the edge", window(10, 29), null, 8_000, [26, 4, false]],
    ["at first, never the very oldest", window(10, 14), null, 60_000, [11, 4, false]],
    ["a short list as it is", window(10, 11), null, 60_000, [10, 2, false]],
    ["then what is new", window(10, 29), 29, 8_000, [29, 1, true]],
    ["nothing, while nothing is new", window(10, 29), 30, 8_000, [null, 0, true]],
    ["nothing, from a server that lags", window(10, 27), 30, 8_000, [null, 0, true]],
    ["after a loss, where it was", window(20, 39), 26, 40_000, [26, 14, true]],
    ["after a longer loss, the depth from the edge", window(20, 39), 22, 8_000, [36, 4, false]],
    [
      "after a loss that is longer than the window, its beginning",
      window(50, 69),
      22,
      60_000,
      [51, 19, false],
    ],
    ["of a server that counts anew, the depth from the edge", window(0, 9), 500, 8_000, [6, 4, false]],
  ] as const)("%s", (_, segments, next, depthMs, expected) => {
    expect(chosen(segments, next, depthMs)).toEqual(expected);
  });

  const at = new URL("http://radio.example/a/live.m3u8");

  test("of-a-master-the-cheapest-sound-is-chosen", () => {
    const master = (lines: string) => parseHls(`#EXTM3U\n${lines}`, at);
    const media = (lines: string) => {
      const parsed = master(lines);
      return parsed.ok && parsed.value.kind === "master" ? parsed.value.media.pathname : null;
    };
    const variants =
      "#EXT-X-STREAM-INF:BANDWIDTH=64000\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=128000\nhigh.m3u8\n";
    expect(media(variants)).toBe("/a/low.m3u8");
    const withPictures = `#EXT-X-STREAM-INF:BANDWIDTH=60000,RESOLUTION=320x240\nvideo.m3u8\n${variants}`;
    expect(media(withPictures)).toBe("/a/low.m3u8");
    const rendition = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="vi",DEFAULT=YES,URI="sound.m3u8"\n';
    const television = '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360,AUDIO="a"\nvideo.m3u8\n';
    expect(media(rendition + television)).toBe("/a/sound.m3u8");
  });

  test("times-run-on-from-segment-to-segment, and-not-over-a-discontinuity", () => {
    const text = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T06:00:00.000Z
#EXTINF:2,
a.ts
#EXTINF:1.5,
b.ts
#EXT-X-DISCONTINUITY
#EXTINF:2,
c.ts
`;
    const parsed = parseHls(text, at);
    const segments = parsed.ok && parsed.value.kind === "media" ? parsed.value.segments : [];
    const start = Date.UTC(2026, 10, 23, 6);
    expect(segments.map(({ sequence, wallMs }) => [sequence, wallMs])).toEqual([
      [7, start],
      [8, start + 2_000],
      [9, null],
    ]);
  });

  test("the-time-stamps-of-mpeg-wrap-after-26-hours", () => {
    const wrapMs = 2 ** 33 / 90;
    expect(mediaTimeBetween(wrapMs - 500, 1_500)).toBeCloseTo(2_000, 6);
    expect(mediaTimeBetween(2_000, 1_000)).toBeCloseTo(-1_000, 6);
  });

  test("capture-times-hold-from-their-frame-on", () => {
    const times = createCaptureTimes();
    expect(times.at(0)).toBeNull();
    times.add(0, 1_000);
    times.add(96_000, 3_010);
    expect(times.at(48_000)).toBe(2_000);
    expect(times.at(96_048)).toBe(3_011);
    times.forget();
    expect(times.at(96_048)).toBeNull();
  });
});

describe("smaller parts", () => {
  test("the-pause-between-attempts-grows-to-30-s, is-drawn-in-full, and-is-short-while-there-is-sound", () => {
    let longestMs = Number.POSITIVE_INFINITY;
    const backOff = createBackOff({ next: () => 0.999, bytes: () => new Uint8Array() }, () => longestMs);
    const pauses = Array.from({ length: 8 }, () => Math.round(backOff.nextMs() / 999));
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
    longestMs = 4_000;
    expect(backOff.nextMs()).toBeLessThan(4_000);
    backOff.reset();
    expect(backOff.nextMs()).toBeLessThan(1_000);
    expect(createBackOff({ next: () => 0, bytes: () => new Uint8Array() }, () => 1).nextMs()).toBe(0);
  });

  test("an-rtmp-path-is-divided-as-servers-do", () => {
    expect(splitPath("/live/tone")).toEqual({ app: "live", playPath: "tone" });
    expect(splitPath("/live/room/tone?token=1")).toEqual({ app: "live/room", playPath: "tone?token=1" });
    expect(splitPath("/live")).toEqual({ app: "live", playPath: "" });
  });

  test("an-rtsp-redirect-is-seen-even-when-it-comes-in-pieces", () => {
    const listener = createRtspListener();
    expect(listener.admit(Buffer.from("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nRTSP/1"))).toBe(true);
    expect(listener.admit(Buffer.from(".0 302 Moved\r\n"))).toBe(false);
    expect(listener.silentEnd).toBe("not-allowed");
  });

  test.each([
    ["unavailable", "RTSP/1.0 401 Unauthorized\r\n"],
    ["lost", "RTSP/1.0 404 Not Found\r\n"],
    ["wrong-format", "RTSP/1.0 200 OK\r\n"],
    ["wrong-format", "HTTP/1.0 200 OK\r\n"],
  ])("an-rtsp-server-that-gives-no-sound-is-%s after %s", (end, line) => {
    const listener = createRtspListener();
    listener.admit(Buffer.from(line));
    expect(listener.silentEnd).toBe(end);
  });
});
