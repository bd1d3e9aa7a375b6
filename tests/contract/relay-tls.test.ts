import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findNoise } from "../golden-ear/find-noise.ts";
import { toneDb } from "../golden-ear/goertzel.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { encode, writeWav } from "../golden-ear/make-audio.ts";
import { endlessly } from "../support/bad-stations.ts";
import { freePort } from "../support/free-port.ts";
import { listenTo, type RelayEar, type RelayEarOptions } from "../support/relay-ear.ts";
import { type Answer, startScriptedServer } from "../support/scripted-server.ts";
import { systemPart } from "../support/system-part.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { type Credentials, createTestAuthority } from "../support/test-authority.ts";

const part = systemPart("ffmpeg");
const openssl = systemPart("openssl");
const ffmpegPath = part?.path ?? "";
const noise = knownNoise(20_000);
const resolver: RelayEarOptions["resolver"] = async () => [{ address: "127.0.0.1", family: 4 }];

describe.skipIf(part === null || openssl === null)("a relay over TLS", { timeout: 40_000 }, () => {
  let stream: Buffer;

  beforeAll(async () => {
    await using folder = await temporaryFolder();
    const wav = join(folder.path, "noise.wav");
    writeWav(wav, noise);
    stream = readFileSync(await encode(ffmpegPath, wav, "mp3"));
  });

  test("an-https-station-is-heard, by the name of its certificate", async () => {
    const { port } = await httpsStation(await believed(), endlessly(stream));
    const ear = listen(`https://station.test:${port}/live`);
    await ear.heard(3);
    expect(findNoise(recordingOf(ear), noise)).toHaveLength(1);
  });

  test.each([
    ["is of another name", "other.test", believed],
    ["is of nobody whom this machine believes", "station.test", forged],
  ] as const)(
    "an-https-station-whose-certificate-%s-is-asked-nothing, and-never-heard",
    async (_, host, shown) => {
      const { port, asked } = await httpsStation(await shown(), endlessly(stream));
      await neverHeard(listen(`https://${host}:${port}/live`, { factor: 8 }));
      expect(asked).toEqual([]);
    },
  );

  test("in-an-emergency-an-https-station-leads-to-nobody-who-proves-nothing", async () => {
    const open = await startScriptedServer();
    onTestFinished(open.close);
    const location = `${open.url.replace("127.0.0.1", "station.test")}/live`;
    const { port, asked } = await httpsStation(await believed(), (_, response) =>
      response.writeHead(302, { location }).end(),
    );
    const ear = listen(`https://station.test:${port}/live`, { isEmergency: true });
    expect(await ear.ended()).toBe("relay-not-allowed");
    expect(asked).toEqual(["/live"]);
    expect(open.requests).toEqual([]);
  });

  test("an-rtmps-station-is-heard-whole", async () => {
    const { port } = await rtmpsStation(await believed());
    const ear = listen(`rtmps://station.test:${port}/live/tone`);
    await ear.heard(4);
    expect(toneDb(recordingOf(ear), 440)).toBeGreaterThan(-24);
  });

  test.each([
    ["is of another name", "other.test", believed],
    ["is of nobody whom this machine believes", "station.test", forged],
  ] as const)("an-rtmps-station-whose-certificate-%s-is-never-heard", async (_, host, shown) => {
    const { port, visitors } = await rtmpsStation(await shown());
    await neverHeard(listen(`rtmps://${host}:${port}/live/tone`, { factor: 8 }));
    expect(visitors()).toBe(0);
  });
});

/** Of the station's own name, and from an authority that this machine believes while the test lasts. */
async function believed(): Promise<Credentials> {
  const before = getCACertificates("default");
  const authority = await createTestAuthority(openssl?.path ?? "", "DNS:station.test");
  setDefaultCACertificates([...before, authority.ca]);
  onTestFinished(() => setDefaultCACertificates(before));
  return authority.issue("station");
}

/** The same, from one that nobody believes. */
async function forged(): Promise<Credentials> {
  return (await createTestAuthority(openssl?.path ?? "", "DNS:station.test")).issue("station");
}

function listen(url: string, how: Partial<RelayEarOptions> = {}): RelayEar {
  return listenTo({ ffmpegPath, url, ...(resolver === undefined ? {} : { resolver }), ...how });
}

/** The first sound fades in, and an encoder begins with a ripple of its own. */
function recordingOf(ear: RelayEar) {
  return { samples: ear.samples().subarray(48_000), sampleRateHz: 48_000, firstSampleAt: 0 };
}

async function neverHeard({ source }: RelayEar): Promise<void> {
  await expect.poll(() => source.live?.reconnects, { timeout: 20_000 }).toBeGreaterThan(2);
  await expect.poll(() => source.live?.isLost).toBe(true);
  expect(source.available).toBe(0);
}

async function httpsStation(shown: Credentials, answer: Answer) {
  const asked: string[] = [];
  const server = createHttpsServer(shown, (request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  onTestFinished(() => server.closeAllConnections());
  return { port: await portOf(server), asked };
}

/** TLS of ours around an ffmpeg that listens. */
async function rtmpsStation(shown: Credentials) {
  const inner = await freePort();
  const tone = ["-re", "-f", "lavfi", "-i", "sine=440:r=48000", "-c:a", "aac", "-b:a", "64k", "-f", "flv"];
  const words = ["-v", "error", ...tone, "-listen", "1", `rtmp://127.0.0.1:${inner}/live/tone`];
  const station = spawn(ffmpegPath, words, { stdio: "ignore" });
  onTestFinished(async () => {
    if (station.exitCode !== null || station.signalCode !== null) return;
    const gone = once(station, "exit");
    station.kill("SIGKILL");
    await gone;
  });
  let visitors = 0;
  const server = createTlsServer(shown, (near) => {
    near.once("data", () => {
      visitors += 1;
    });
    const far = connect(inner, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
    near.pipe(far).pipe(near);
  });
  return { port: await portOf(server), visitors: () => visitors };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
