import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { argon2Passwords } from "./adapters/argon2-passwords.ts";
import { auditHeadFile } from "./adapters/audit-head-file.ts";
import { openUploads } from "./adapters/file-uploads.ts";
import { httpDocuments } from "./adapters/http-documents.ts";
import { type Answer, type HttpServer, listenHttp } from "./adapters/http-server.ts";
import { openKeyFile } from "./adapters/key-file.ts";
import { memoryLimits } from "./adapters/memory-limits.ts";
import { type OpenIdSettings, openIdProvider } from "./adapters/openid-provider.ts";
import { pooledSignatures } from "./adapters/pooled-signatures.ts";
import { prometheusMetrics } from "./adapters/prometheus.ts";
import { approvalUrlOf } from "./approval-url.ts";
import { doorTls } from "./authority/door-tls.ts";
import { keepLooking } from "./authority/keep-looking.ts";
import { openAuthority } from "./authority/open-authority.ts";
import { startAedesBroker } from "./bus/aedes-broker.ts";
import type { TlsOptions } from "./bus/listener.ts";
import type { ControllerConfig, FirstStart } from "./config.ts";
import { createController } from "./controller.ts";
import { type Doors, doorsOf, type Exposure, exposureProblem, isSecure } from "./exposure.ts";
import { createMedia } from "./media/create-media.ts";
import { createEspeakVoice } from "./media/speech/voice/espeak-voice.ts";
import { inUrl, isEveryAddress, ownNames } from "./own-names.ts";
import type { BrokerAccess } from "./ports.ts";
import { openBlobs } from "./store/blobs.ts";
import { holdFile, openSqlite } from "./store/open-sqlite.ts";

export interface ControlRoomOptions extends Exposure {
  /** 0 takes a free one. */
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly dataFolder: string;
  readonly webFolder: string | null;
  /** Where emergencies are approved; left out: at the name `approve.` below that of the pages. */
  readonly approvalUrl?: string;
  /** How boxes reach the broker from outside; null: by host and port. */
  readonly publicMqttUrl: string | null;
  readonly metricsToken: string | null;
  readonly firstStart: FirstStart;
  /** File for the signed heads of the audit, best on another disk; left out: beside the database. */
  readonly auditHeads?: string;
  /** Where persons sign in with the accounts of their office; `isOnly`: and nobody otherwise but the break-glass account. */
  readonly openId?: OpenIdSettings & { readonly isOnly: boolean };
  readonly log: Log;
  /** Answers before the controller does, where it answers at all: the simulator's own addresses. */
  readonly before?: (request: Request) => Promise<Response | null>;
}

export interface ControlRoom {
  readonly httpPort: number;
  readonly mqttPort: number;
  fetch: Answer;
  close(): Promise<void>;
}

/** Why none can be opened here, in words for whoever started it. */
export class CannotOpen extends Error {}

/** The controller on this machine, with the real adapters of every port. */
export async function openControlRoom(options: ControlRoomOptions): Promise<ControlRoom> {
  const { dataFolder } = options;
  const problem = exposureProblem(options);
  if (problem !== null) throw new CannotOpen(problem);
  await makeFolder(dataFolder);
  // Two on one database would number their commands twice, and boxes would refuse what they have seen.
  const hold = holdFile(join(dataFolder, "in-use"));
  if (hold === null) {
    const advice = "end that one, or name another folder with --data";
    throw new CannotOpen(`${dataFolder} is in use by another control room: ${advice}`);
  }
  try {
    const room = await openAlone(options);
    return {
      ...room,
      async close() {
        await room.close();
        hold.release();
      },
    };
  } catch (error) {
    hold.release();
    throw portProblem(error) ?? error;
  }
}

/** A port that somebody else holds, or that only the system's own programs may open. */
function portProblem(error: unknown): CannotOpen | null {
  if (!(error instanceof Error) || !("syscall" in error && "port" in error)) return null;
  if (error.syscall !== "listen") return null;
  return new CannotOpen(`${error.message}: name another with --http-port or --mqtt-port`);
}

export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CannotOpen(
      `${path} cannot be used as a folder: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function openAlone(options: ControlRoomOptions): Promise<ControlRoom> {
  const { dataFolder, log } = options;
  const keys = await openKeyFile(join(dataFolder, "keys", "controller.key"));
  const authority = await openAuthority({
    folder: join(dataFolder, "keys"),
    names: () =>
      ownNames(options.host, [
        options.publicUrl,
        approvalUrlFrom(options, options.httpPort),
        options.publicMqttUrl,
      ]),
    clock: nodeClock,
    random: nodeRandom,
    log,
  });
  const doors = doorTls(options, authority);
  const http = await listenHttp(options.host, options.httpPort, doors.http());
  try {
    return await open(options, http, keys);
  } catch (error) {
    await http.close();
    throw error;
  }

  async function open(from: ControlRoomOptions, server: HttpServer, pair: typeof keys): Promise<ControlRoom> {
    const media = createMedia({
      ffmpegPath: await ffmpegPath(log),
      workFolder: join(dataFolder, "media"),
      log,
    });
    const voice = createEspeakVoice({ folder: join(dataFolder, "speech"), log });
    let mqttPort = from.mqttPort;
    const controller = await createController(
      {
        clock: nodeClock,
        timers: nodeTimers,
        random: nodeRandom,
        crypto: nodeCrypto,
        signatures: pooledSignatures(),
        log,
        database: openSqlite(join(dataFolder, "loa.sqlite")),
        blobs: await openBlobs(join(dataFolder, "blobs")),
        uploads: await openUploads(join(dataFolder, "uploads")),
        passwords: argon2Passwords(),
        limits: memoryLimits(),
        openId: from.openId === undefined ? null : openIdProvider(from.openId, log),
        documents: httpDocuments,
        metrics: prometheusMetrics(),
        audit: auditHeadFile(from.auditHeads ?? join(dataFolder, "audit-heads.txt")),
        authority,
        media,
        voice,
        async broker(access) {
          const broker = await startBroker(from, doors.mqtt(), access);
          mqttPort = broker.port;
          return broker;
        },
      },
      configOf(from, server.port, () => mqttPort, pair),
    );
    const answer: Answer = async (request, env) =>
      (await from.before?.(request)) ?? (await controller.fetch(request, env));
    server.serve(answer);
    const endLooking = keepLooking(authority, nodeTimers, log);
    return {
      httpPort: server.port,
      mqttPort,
      fetch: answer,
      async close() {
        endLooking();
        await server.close();
        await media.close();
        await voice.close();
        await controller.close();
      },
    };
  }
}

function startBroker(
  { host, mqttPort: port, log }: ControlRoomOptions,
  mqttTls: TlsOptions | null,
  access: BrokerAccess,
) {
  const { authenticate, allowedSubscriptions } = access;
  const tls = mqttTls === null ? {} : { tls: mqttTls };
  return startAedesBroker({ host, port, ...tls, authenticate, allowedSubscriptions, clock: nodeClock, log });
}

function configOf(
  options: ControlRoomOptions,
  httpPort: number,
  mqttPort: () => number,
  keys: Pick<ControllerConfig, "privateKey" | "publicKey">,
): ControllerConfig {
  const { host, publicUrl, publicMqttUrl, webFolder, metricsToken, firstStart } = options;
  const doors = doorsOf(options);
  const own = ownNames(host, [publicUrl]).map(({ value }) => `${inUrl(value)}:${httpPort}`);
  return {
    ...keys,
    issuer: "controller",
    contentUrl: publicUrl ?? `${httpOf(doors)}://${inUrl(host)}:${httpPort}`,
    publicUrl: publicUrl ?? ownUrl(options, httpPort),
    approvalUrl: approvalUrlFrom(options, httpPort),
    // Port 0 is known only when the broker listens, which is before anybody can ask.
    get mqttUrl() {
      return publicMqttUrl ?? `${doors.mqtt === "clear" ? "mqtt" : "mqtts"}://${inUrl(host)}:${mqttPort()}`;
    },
    boxesTrust: doors.http === "own" && doors.mqtt === "own" ? "own" : "own-and-public",
    // Whoever brings an authority for the boxes brings them their certificates, too.
    areBoxesCertified: doors.areBoxesCertified && options.mqttTls?.ca === undefined,
    allowedHosts: publicUrl === null ? own : [new URL(publicUrl).host, ...own],
    ownSignIn: options.openId?.isOnly === true ? "break-glass" : "everybody",
    isBehindProxy: options.isBehindProxy === true,
    secureCookies: isSecure(options),
    webFolder,
    metricsToken,
    firstStart,
  };
}

function approvalUrlFrom(options: ControlRoomOptions, httpPort: number): string {
  return options.approvalUrl ?? approvalUrlOf(options.publicUrl ?? ownUrl(options, httpPort));
}

/** Passkeys know no addresses, so the loopback goes by its name (W3C Web Authentication Level 3, 5.1.2). */
function ownUrl(exposure: Exposure, port: number): string {
  const { host } = exposure;
  const isNameless = host === "127.0.0.1" || host === "::1" || isEveryAddress(host);
  return `${httpOf(doorsOf(exposure))}://${isNameless ? "localhost" : inUrl(host)}:${port}`;
}

function httpOf({ http }: Doors): "http" | "https" {
  return http === "clear" ? "http" : "https";
}

/** Without ffmpeg everything works but uploads, which say so. */
async function ffmpegPath(log: Log): Promise<string | null> {
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) {
    log.error("ffmpeg.missing", { tried: ffmpeg.error.tried.join("; ") });
    return null;
  }
  if (ffmpeg.value.warning !== null) log.warn("ffmpeg.doubtful", { warning: ffmpeg.value.warning });
  return ffmpeg.value.path;
}
