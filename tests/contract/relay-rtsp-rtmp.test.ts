import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { toneDb } from "../golden-ear/goertzel.ts";
import { toneBreaks } from "../golden-ear/tone-breaks.ts";
import { freePort } from "../support/free-port.ts";
import { listenTo, type RelayEar } from "../support/relay-ear.ts";
import { systemPart } from "../support/system-part.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

const part = systemPart("ffmpeg");
const python = systemPart("gir1.2-gst-rtsp-server-1.0");
const ffmpegPath = part?.path ?? "";
/** L16 at 48 kHz, one channel. */
const BYTES_A_SECOND = 96_000;

function recordingOf(ear: RelayEar) {
  // The first sound fades in, and an encoder begins with a ripple of its own.
  return { samples: ear.samples().subarray(48_000), sampleRateHz: 48_000, firstSampleAt: 0 };
}

/** A program as a server: it ends with the test. */
function running(program: string, words: readonly string[]) {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  return child;
}

async function rtspServer(): Promise<number> {
  const child = running(python?.path ?? "", [join(import.meta.dirname, "../support/rtsp-server.py")]);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return Number(line);
}

/** A server of ours that says what a test wants, to everyone who comes. */
async function scripted(answer: (socket: Socket, heard: string) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => answer(socket, bytes.toString("latin1")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

describe.skipIf(part === null || python === null)("a relay of RTSP", { timeout: 40_000 }, () => {
  test("is-heard-whole-over-one-connection, and-its-bytes-are-counted", async () => {
    const ear = listenTo({ ffmpegPath, url: `rtsp://127.0.0.1:${await rtspServer()}/live` });
    await ear.heard(5);
    expect(toneDb(recordingOf(ear), 440)).toBeGreaterThan(-12);
    expect(toneBreaks(recordingOf(ear), 440)).toEqual([]);
    expect(ear.source.live?.receivedBytes).toBeGreaterThan(5 * BYTES_A_SECOND);
    expect(ear.firstSoundBytes).toBeLessThan(4 * BYTES_A_SECOND);
  });

  test("that-is-lost-is-told-and-comes-back", async () => {
    const cable = await startTcpProxy(await rtspServer());
    onTestFinished(cable.close);
    const ear = listenTo({ ffmpegPath, url: `rtsp://127.0.0.1:${cable.port}/live` });
    await ear.heard(3);
    cable.cut();
    await expect.poll(() => ear.source.live?.reconnects, { timeout: 10_000 }).toBeGreaterThan(0);
    const before = ear.source.live?.receivedBytes ?? 0;
    await expect
      .poll(() => ear.source.live?.receivedBytes ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(before + 200_000);
    await expect.poll(() => ear.source.live?.isLost, { timeout: 5_000 }).toBe(false);
  });

  test("that-nobody-sends-yet-is-asked-again", async () => {
    const ear = listenTo({ ffmpegPath, url: `rtsp://127.0.0.1:${await rtspServer()}/other`, factor: 5 });
    await expect.poll(() => ear.source.live?.reconnects, { timeout: 15_000 }).toBeGreaterThan(3);
    expect(ear.source.outcome).toBeNull();
    expect(ear.source.live?.isLost).toBe(true);
  });
});

describe.skipIf(part === null)("a relay of RTSP or RTMP and a bad server", { timeout: 40_000 }, () => {
  test("an-rtsp-redirect-is-not-followed", async () => {
    let wasLedOn = false;
    const target = await scripted(() => {
      wasLedOn = true;
    });
    const port = await scripted((socket, heard) => {
      const number = /CSeq: (\d+)/i.exec(heard)?.[1] ?? "1";
      socket.write(
        `RTSP/1.0 302 Moved\r\nCSeq: ${number}\r\nLocation: rtsp://127.0.0.1:${target}/live\r\n\r\n`,
      );
    });
    const ear = listenTo({ ffmpegPath, url: `rtsp://127.0.0.1:${port}/live` });
    expect(await ear.ended()).toBe("relay-not-allowed");
    expect(wasLedOn).toBe(false);
  });

  test.each(["rtsp", "rtmp"])("what-does-not-speak-%s-is-the-wrong-format", async (scheme) => {
    const port = await scripted((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n<html>no</html>"));
    // An RTMP client speaks first, an RTSP client too.
    const ear = listenTo({ ffmpegPath, url: `${scheme}://127.0.0.1:${port}/live/a`, factor: 4 });
    expect(await ear.ended(20_000)).toBe("relay-wrong-format");
  });

  test.each(["rtsp", "rtmp"])("an-%s-address-inside-the-network-is-not-allowed", async (scheme) => {
    let wasAsked = false;
    const port = await scripted(() => {
      wasAsked = true;
    });
    const ear = listenTo({
      ffmpegPath,
      url: `${scheme}://station.test:${port}/live/a`,
      isPrivate: false,
      resolver: async () => [{ address: "127.0.0.1", family: 4 }],
    });
    expect(await ear.ended()).toBe("relay-not-allowed");
    expect(wasAsked).toBe(false);
  });

  test.each(["rtsp", "rtmp"])("an-%s-server-that-says-nothing-is-lost-and-asked-again", async (scheme) => {
    const port = await scripted(() => {});
    const ear = listenTo({ ffmpegPath, url: `${scheme}://127.0.0.1:${port}/live/a`, factor: 8 });
    await expect.poll(() => ear.source.live?.reconnects, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(ear.source.live?.isLost).toBe(true);
    expect(ear.source.outcome).toBeNull();
  });
});

describe.skipIf(part === null)("a relay of RTMP", { timeout: 40_000 }, () => {
  test("is-heard-whole, by-the-name-that-the-server-knows", async () => {
    const port = await freePort();
    const from = [
      "-v",
      "error",
      "-re",
      "-f",
      "lavfi",
      "-i",
      "sine=440:r=48000",
      "-c:a",
      "aac",
      "-b:a",
      "64k",
    ];
    running(ffmpegPath, [...from, "-f", "flv", "-listen", "1", `rtmp://127.0.0.1:${port}/live/tone`]);
    // ffmpeg serves one connection, so nobody may knock before: the relay itself tries until it listens.
    const ear = listenTo({ ffmpegPath, url: `rtmp://127.0.0.1:${port}/live/tone` });
    await ear.heard(5);
    expect(toneDb(recordingOf(ear), 440)).toBeGreaterThan(-24);
    expect(toneBreaks(recordingOf(ear), 440)).toEqual([]);
  });
});
