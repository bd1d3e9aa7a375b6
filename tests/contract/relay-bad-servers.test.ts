import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer as createTcpServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { ffmpegChildren } from "../support/ffmpeg-children.ts";
import { listenTo, type RelayEar, type RelayEarOptions } from "../support/relay-ear.ts";
import { type Answer, type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { systemPart } from "../support/system-part.ts";

const part = systemPart("ffmpeg");
const ffmpegPath = part?.path ?? "";

const music = tone("mp3", ["-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0", "-f", "mp3"]);

/** A minute of 440 Hz. */
function tone(_: string, encoder: readonly string[]): Buffer {
  if (part === null) return Buffer.alloc(0);
  const words = ["-v", "error", "-f", "lavfi", "-i", "sine=440:r=48000:d=60", ...encoder, "-"];
  return spawnSync(ffmpegPath, words, { maxBuffer: 1 << 26 }).stdout;
}

async function server(answer: Answer): Promise<ScriptedServer> {
  const scripted = await startScriptedServer();
  onTestFinished(scripted.close);
  scripted.answer = answer;
  return scripted;
}

/** Ten times as fast as our time, so that three attempts and their pauses take a second. */
function relay(url: string, how: Partial<RelayEarOptions> = {}): RelayEar {
  return listenTo({ ffmpegPath, url, factor: 10, ...how });
}

/** Writes the stream at its own speed, ten times as fast as our time is. */
const sendsMusic: Answer = (request, response) => {
  response.writeHead(200, { "content-type": "audio/mpeg" });
  let at = 0;
  const timer = setInterval(() => {
    response.write(music.subarray(at % music.length, (at % music.length) + 800));
    at += 800;
  }, 10);
  request.once("close", () => clearInterval(timer));
};

const HANGS_UP_AFTER_S = 5;

/** Sends music at the speed of a time that is `factor` times as fast as ours, and hangs up. */
function hangsUp(factor: number): Answer {
  return (request, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" });
    let at = 0;
    const timer = setInterval(() => {
      response.write(music.subarray(at, at + 80 * factor));
      at += 80 * factor;
      if (at >= 8_000 * HANGS_UP_AFTER_S) response.destroy();
    }, 10);
    request.once("close", () => clearInterval(timer));
  };
}

describe.skipIf(part === null)("a relay and a server that leads it astray", () => {
  test("a-redirect-in-circles-is-unavailable", async () => {
    const { url } = await server((request, response) =>
      response.writeHead(302, { location: request.url === "/a" ? "/b" : "/a" }).end(),
    );
    expect(await relay(`${url}/a`).ended()).toBe("relay-unavailable");
  });

  test("endless-redirects-are-unavailable, after six requests an attempt", async () => {
    let number = 0;
    const scripted = await server((_, response) => {
      number += 1;
      response.writeHead(302, { location: `/${number}` }).end();
    });
    expect(await relay(scripted.url).ended()).toBe("relay-unavailable");
    expect(scripted.requests.length).toBe(18);
  });

  test.each([
    "file:///etc/passwd",
    "ftp://example.org/live.mp3",
    "rtmp://127.0.0.1/live",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]:8000/live",
    "http://2130706433/live",
    "http://0x7f.1/live",
    "http://localhost/live",
    "//10.0.0.1/live",
    "http://example.org/live.mp3",
  ])("a-redirect-to-%s-is-not-allowed", async (location) => {
    const scripted = await server((_, response) => response.writeHead(302, { location }).end());
    const url = scripted.url.replace("127.0.0.1", "station.test");
    const resolver = async () => [{ address: "127.0.0.1", family: 4 } as const];
    const ear = relay(url, { resolver });
    expect(await ear.ended()).toBe("relay-not-allowed");
    // Said at once: what a signed plan names must not lead anywhere else.
    expect(scripted.requests.length).toBe(1);
  });

  test.each([
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "::ffff:192.168.0.1",
    "fe80::1",
    "fd00::1",
    "0.0.0.0",
  ])("a-name-that-leads-to-%s-is-not-allowed, if-nobody-said-that-it-lies-inside", async (address) => {
    const scripted = await server(sendsMusic);
    const family = address.includes(":") ? (6 as const) : (4 as const);
    const ear = relay(scripted.url.replace("127.0.0.1", "station.test"), {
      isPrivate: false,
      resolver: async () => [{ address, family }],
    });
    expect(await ear.ended()).toBe("relay-not-allowed");
    expect(scripted.requests).toEqual([]);
  });

  test("a-name-is-asked-once-and-the-answer-is-what-is-connected-to", async () => {
    const scripted = await server(sendsMusic);
    let asked = 0;
    const ear = relay(scripted.url.replace("127.0.0.1", "station.test"), {
      factor: 2,
      resolver: async () => {
        asked += 1;
        return [{ address: asked === 1 ? "127.0.0.1" : "0.0.0.0", family: 4 }];
      },
    });
    await ear.heard(3);
    expect(asked).toBe(1);
  });

  test("a-host-on-the-list-may-be-redirected-to", async () => {
    const scripted = await server((request, response) => {
      if (request.url === "/live") sendsMusic(request, response);
      else
        response.writeHead(302, { location: `${scripted.url.replace("127.0.0.1", "edge.test")}/live` }).end();
    });
    const ear = relay(scripted.url.replace("127.0.0.1", "station.test"), {
      hosts: ["edge.test"],
      resolver: async () => [{ address: "127.0.0.1", family: 4 }],
    });
    await ear.heard(3);
  });

  test.each([401, 403])("a-server-that-answers-%s-is-unavailable", async (status) => {
    const { url } = await server((_, response) => response.writeHead(status).end());
    expect(await relay(url).ended()).toBe("relay-unavailable");
  });

  test("a-station-that-is-not-there-yet-is-asked-again-until-it-is", async () => {
    let isThere = false;
    const { url } = await server((request, response) => {
      if (isThere) sendsMusic(request, response);
      else response.writeHead(404).end();
    });
    const ear = relay(url);
    await expect.poll(() => ear.source.live?.isLost).toBe(true);
    isThere = true;
    await ear.heard(2);
    expect(ear.source.live?.isLost).toBe(false);
    expect(ear.source.live?.reconnects).toBeGreaterThan(0);
  });
});

describe.skipIf(part === null)("a relay and a server that sends something else", () => {
  const picture = () =>
    spawnSync(ffmpegPath, [
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      "testsrc=d=1:s=320x240:r=1",
      "-frames:v",
      "1",
      "-f",
      "image2",
      "-c:v",
      "mjpeg",
      "-",
    ]).stdout;

  test.each([
    ["a-page", () => Buffer.from("<!DOCTYPE html><html><body>Welcome</body></html>")],
    [
      "a-page-of-a-captive-portal",
      () => Buffer.from("\n\n  <html><head><meta http-equiv=refresh content=0></head></html>"),
    ],
    ["an-error-in-json", () => Buffer.from('{"error":"no such station"}')],
    ["nothing", () => Buffer.alloc(0)],
    ["a-picture", picture],
    [
      "noise",
      () =>
        Buffer.from(
          Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7_919 + (index >> 3)) & 0x7f),
        ),
    ],
    [
      "a-playlist-of-itself",
      () => Buffer.from("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/live\n#EXTINF:2,\n/live\n"),
    ],
    ["a-master-of-itself", () => Buffer.from("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\n/live\n")],
    ["a-playlist-that-is-broken", () => Buffer.from("#EXTM3U\n#EXT-X-TARGETDURATION:x\n#EXTINF:,\n\u0000\n")],
    [
      "an-encrypted-playlist",
      () =>
        Buffer.from(
          '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI="key"\n#EXTINF:2,\na.ts\n',
        ),
    ],
    ["a-list-without-an-address", () => Buffer.from("#EXTM3U\n#EXTINF:-1,Station\n\n")],
  ])("%s-is-the-wrong-format", async (_, body) => {
    const { url } = await server((__, response) =>
      response.writeHead(200, { "content-type": "audio/mpeg" }).end(body()),
    );
    // ffmpeg has 5 s of this time to make its mind up about what is no sound.
    const ear = relay(`${url}/live`, { factor: 4 });
    expect(await ear.ended(15_000)).toBe("relay-wrong-format");
    expect(ear.source.live?.reconnects).toBe(2);
  });

  test("a-gzip-bomb-is-the-wrong-format-and-never-unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const { url } = await server((_, response) =>
      response.writeHead(200, { "content-type": "audio/mpeg", "content-encoding": "gzip" }).end(bomb),
    );
    expect(await relay(url).ended()).toBe("relay-wrong-format");
  });

  test("a-playlist-file-that-names-the-stream-is-followed-to-it", async () => {
    const scripted = await server((request, response) => {
      if (request.url === "/live") sendsMusic(request, response);
      else response.end(`[playlist]\nNumberOfEntries=1\nFile1=${scripted.url}/live\n`);
    });
    await relay(`${scripted.url}/listen.pls`).heard(2);
  });

  test("a-playlist-file-that-names-another-host-is-not-allowed", async () => {
    const { url } = await server((_, response) => response.end("#EXTM3U\nhttp://10.0.0.1/live\n"));
    expect(await relay(`${url}/listen.m3u`).ended()).toBe("relay-not-allowed");
  });

  test("a-segment-on-another-host-is-not-allowed", async () => {
    const body = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://169.254.169.254/a.ts\n";
    const { url } = await server((_, response) => response.end(body));
    expect(await relay(`${url}/live.m3u8`).ended()).toBe("relay-not-allowed");
  });

  test("a-playlist-of-megabytes-is-the-wrong-format", async () => {
    const body = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${"#EXTINF:2,\na.ts\n".repeat(100_000)}`;
    const { url } = await server((_, response) => response.end(body));
    expect(await relay(`${url}/live.m3u8`).ended()).toBe("relay-wrong-format");
  });

  test("what-claims-to-be-sound-and-gives-none-is-the-wrong-format", async () => {
    const { url } = await server((_, response) => {
      response.writeHead(200, { "content-type": "audio/ogg" });
      response.end(Buffer.concat([Buffer.from("OggS"), Buffer.alloc(600_000, 7)]));
    });
    expect(await relay(url).ended()).toBe("relay-wrong-format");
  });
});

describe.skipIf(part === null)("a relay and a server that wears it out", () => {
  /** Goes on trying, says that it is lost, and costs next to nothing. */
  async function isLostForGood(ear: RelayEar): Promise<void> {
    await expect.poll(() => ear.now(), { timeout: 10_000 }).toBeGreaterThan(45_000);
    expect(ear.source.live?.isLost).toBe(true);
    expect(ear.source.outcome).toBeNull();
    expect(ear.source.live?.reconnects).toBeGreaterThan(1);
  }

  test("one-byte-a-second", async () => {
    const { url } = await server((request, response) => {
      response.writeHead(200, { "content-type": "audio/mpeg" });
      const timer = setInterval(() => response.write(music.subarray(0, 1)), 100);
      request.once("close", () => clearInterval(timer));
    });
    await isLostForGood(relay(url));
  });

  test("no-answer-at-all", async () => {
    await isLostForGood(relay((await server(() => {})).url));
  });

  test.each([
    [
      "a-head-that-never-ends",
      (socket: Socket) => void setInterval(() => socket.write(`X-${"a".repeat(500)}: b\r\n`), 5).unref(),
    ],
    [
      "a-head-of-one-byte-a-second",
      (socket: Socket) => void setInterval(() => socket.write("H"), 100).unref(),
    ],
    ["something-that-is-not-http", (socket: Socket) => void socket.write(Buffer.alloc(100_000, 1))],
  ])("%s", async (_, misbehave) => {
    const sockets = new Set<Socket>();
    const tcp = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n");
        misbehave(socket);
      });
    });
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      tcp.close();
    });
    const address = tcp.address();
    const port = typeof address === "object" ? address?.port : 0;
    await isLostForGood(relay(`http://127.0.0.1:${port}/live`));
  });

  test("a-file-of-10-GB-is-taken-no-faster-than-it-is-heard", async () => {
    const { url } = await server((_, response) => {
      response.writeHead(200, { "content-type": "audio/mpeg", "content-length": String(10 * 1_024 ** 3) });
      const more = () => {
        while (response.write(music)) if (response.destroyed) return;
      };
      response.on("drain", more);
      more();
    });
    const ear = relay(url);
    await ear.heard(20);
    // A minute of buffer, and what lies in pipes and sockets.
    expect(ear.source.live?.receivedBytes).toBeLessThan(8_000 * (20 + 60) + 3_000_000);
    expect(ear.dryBlocks).toBe(0);
  });

  test("a-server-that-hangs-up-every-5-s-is-heard-in-between", async () => {
    const factor = 3;
    const { url } = await server(hangsUp(factor));
    const ear = relay(url, { factor });
    await ear.heard(30);
    const times = ear.source.live?.reconnects ?? 0;
    expect(times).toBeGreaterThan(2);
    const soundingS = ear.samples().filter((sample) => Math.abs(sample) > 0.01).length / 48_000;
    // How long it takes in between to start a decoder is the machine's affair; what was sent is heard.
    expect(soundingS / times).toBeGreaterThan(HANGS_UP_AFTER_S / 2);
  });

  test("a-closed-relay-leaves-no-process-and-no-connection", async () => {
    let hangUpsSeen = 0;
    const hangUps = () => hangUpsSeen;
    const { url } = await server((request, response) => {
      response.once("close", () => {
        hangUpsSeen += 1;
      });
      sendsMusic(request, response);
    });
    const ear = relay(url);
    await ear.heard(2);
    expect(ffmpegChildren()).toHaveLength(1);
    await ear.source.close();
    expect(ffmpegChildren()).toEqual([]);
    await expect.poll(hangUps, { timeout: 10_000 }).toBe(1);
  });
});
