import { join } from "node:path";
import { openUploads } from "@loa/controller/adapters/file-uploads.ts";
import { memoryLimits } from "@loa/controller/adapters/memory-limits.ts";
import type { ApiDeps } from "@loa/controller/api/api-deps.ts";
import type { Api } from "@loa/controller/api/api-env.ts";
import { createApi } from "@loa/controller/api/create-api.ts";
import type { AttemptLimits } from "@loa/controller/attempt-limits.ts";
import type { ControllerConfig } from "@loa/controller/config.ts";
import type { Role } from "@loa/controller/domain/access.ts";
import { createLiveFeed, type LiveFeed } from "@loa/controller/live-feed.ts";
import type { ControllerPorts, Passwords } from "@loa/controller/ports.ts";
import { insertArea, insertPlacement, readTree } from "@loa/controller/store/areas.ts";
import { openBlobs } from "@loa/controller/store/blobs.ts";
import { insertBox } from "@loa/controller/store/boxes.ts";
import { insertCluster } from "@loa/controller/store/clusters.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { insertPlanState } from "@loa/controller/store/plan-states.ts";
import { insertGrant, insertUser } from "@loa/controller/store/users.ts";
import type { AreaKind } from "@loa/shared/broadcast/area.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, ClusterId, UserId } from "@loa/shared/kernel/ids.ts";
import { type LocalDate, toLocal } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { onTestFinished } from "vitest";
import { createFakeFleet, type FakeFleet } from "./fake-fleet.ts";
import { createFakeMedia } from "./fake-media.ts";
import { createFakeVoice, type FakeVoice } from "./fake-voice.ts";
import { createLogBook, type LogBook } from "./log-book.ts";
import { createQuietMetrics } from "./quiet-metrics.ts";
import { type ApiChanges, createRecordedChanges } from "./recorded-changes.ts";
import { createRecordedTrust, type RecordedTrust } from "./recorded-trust.ts";
import { testFolder } from "./temp-folder.ts";
import { createTestTime, type TestTime } from "./test-time.ts";

export const HOST = "127.0.0.1:8080";
export const ORIGIN = `http://${HOST}`;

/** Long ago: whatever stands, stands on every day that a test asks for. */
const ever = "2020-01-01" as LocalDate;

/**
 * A province with two communes, «an» and «binh», each with a village, a cluster and a box in service. The API runs on
 * a real store in a temporary folder; the rest of the controller is what the test says it is.
 */
export interface ApiWorld {
  readonly api: Api;
  /** Where blobs and uploads lie. */
  readonly folder: string;
  readonly db: Database;
  readonly time: TestTime;
  readonly log: LogBook;
  readonly feed: LiveFeed;
  readonly fleet: FakeFleet;
  readonly changes: ApiChanges;
  readonly trust: RecordedTrust;
  readonly config: ControllerConfig;
  readonly limits: AttemptLimits;
  readonly voice: FakeVoice;
  /** A new person with these roles in an area, signed in. */
  person(name: string, area: string, ...roles: readonly Role[]): Promise<Person>;
  /** Whoever has this `Set-Cookie`. */
  carrying(setCookie: string): Person;
  /** Nobody in particular: no session. */
  readonly anybody: Person;
}

/** Somebody who sends requests. */
export interface Person {
  readonly cookie: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
}

export const passwordOf = (name: string) => `the password of ${name}`;

const readablePasswords: Passwords = {
  hash: async (password) => `hash of ${password}`,
  verify: async (hash, password) => hash === `hash of ${password}`,
};

export async function createApiWorld(
  changed: Partial<ControllerConfig> = {},
  others: Partial<
    Pick<ControllerPorts, "blobs" | "uploads" | "openId" | "authority"> &
      Pick<ApiDeps, "figures" | "expiring">
  > = {},
): Promise<ApiWorld> {
  const folder = await testFolder();
  const db = await openDatabase(openSqlite(join(folder, "loa.db")));
  onTestFinished(() => db.destroy());
  const time = createTestTime();
  const log = createLogBook();
  const feed = createLiveFeed(time.timers);
  const fleet = createFakeFleet(db);
  const changes = createRecordedChanges(db, time.clock);
  const random = createSeededRandom("api");
  const limits = memoryLimits();
  const voice = createFakeVoice(folder);
  await buildProvince(db);
  await fleet.load();
  const tree = await readTree(db, toLocal(time.clock.now()).date);
  const config = { ...configOf(), ...changed };
  const trust = createRecordedTrust({ db, clock: time.clock, log, config, changes, tree });
  const api = createApi({
    db,
    clock: time.clock,
    timers: time.timers,
    random,
    crypto: nodeCrypto,
    log,
    config,
    blobs: await openBlobs(join(folder, "blobs")),
    uploads: await openUploads(join(folder, "uploads")),
    media: createFakeMedia(folder),
    voice,
    passwords: readablePasswords,
    limits,
    openId: null,
    authority: null,
    metrics: createQuietMetrics(),
    figures: () => {
      throw new Error("no heart here");
    },
    expiring: () => 0,
    ...others,
    fleet,
    feed,
    changes,
    ...trust,
    version: "0.0.0-test",
  });
  const carrying = (setCookie: string) => personWith(api, setCookie.split(";")[0] ?? "");
  return {
    ...{ api, folder, db, time, log, feed, fleet, changes, trust, config, limits, voice },
    anybody: personWith(api, ""),
    carrying,
    async person(name, area, ...roles) {
      await insertPerson(db, name, area, roles);
      const answer = await personWith(api, "").post("/api/v1/session", {
        user: name,
        password: passwordOf(name),
      });
      return carrying(answer.headers.get("set-cookie") ?? "");
    },
  };
}

export async function insertPerson(
  db: Database,
  name: string,
  area: string,
  roles: readonly Role[],
): Promise<UserId> {
  const id = name as UserId;
  const passwordHash = `hash of ${passwordOf(name)}`;
  await insertUser(db, { id, name, passwordHash, createdAt: 0 as never });
  for (const role of roles) await insertGrant(db, id, { role, areaId: area as AreaId, from: ever, to: null });
  return id;
}

function personWith(api: Api, cookie: string): Person {
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const isRaw = body instanceof Uint8Array || body instanceof ReadableStream || typeof body === "string";
    const type: Record<string, string> =
      body === undefined || isRaw ? {} : { "content-type": "application/json" };
    const init: RequestInit & { duplex?: "half" } = {
      method,
      headers: { host: HOST, origin: ORIGIN, cookie, ...type, ...headers },
    };
    if (body !== undefined) {
      init.body = isRaw ? (body as BodyInit) : JSON.stringify(body);
      init.duplex = "half";
    }
    return await api.request(`${ORIGIN}${path}`, init);
  }
  return {
    cookie,
    send,
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
  };
}

function configOf(): ControllerConfig {
  const keys = newKeyPair();
  return {
    mqttUrl: "mqtt://127.0.0.1:1883",
    contentUrl: ORIGIN,
    publicUrl: "http://localhost:8080",
    approvalUrl: "http://approve.localhost:8080",
    boxesTrust: "own",
    areBoxesCertified: false,
    issuer: "controller",
    ...keys,
    webFolder: null,
    allowedHosts: [HOST, "localhost:8080"],
    ownSignIn: "everybody",
    isBehindProxy: false,
    secureCookies: false,
    metricsToken: null,
    firstStart: { root: { id: "tinh", name: "Tỉnh" }, operators: [] },
  };
}

async function buildProvince(db: Database): Promise<void> {
  const place = async (id: string, kind: AreaKind, parent: string | null) => {
    await insertArea(db, { id: id as AreaId, kind, name: `Địa bàn ${id}` });
    const placed = { areaId: id as AreaId, parentId: parent as AreaId | null, from: ever, to: null };
    await insertPlacement(db, placed);
  };
  await place("tinh", "province", null);
  for (const commune of ["an", "binh"]) {
    await place(commune, "commune", "tinh");
    await place(`${commune}-thon`, "village", commune);
    await addCluster(db, `cluster-${commune}`, `${commune}-thon`);
    await addBox(db, `box-${commune}`, `cluster-${commune}`);
  }
}

export async function addCluster(db: Database, id: string, area: string): Promise<void> {
  await insertCluster(db, {
    id: id as ClusterId,
    name: `Cụm loa ${id}`,
    areaId: area as AreaId,
    horns: 2,
    people: null,
    latitude: null,
    longitude: null,
    gainDb: 0,
    zones: [1],
    alignDelayMs: 0,
    turn: 0,
  });
}

export const boxPassword = (id: string) => `secret of ${id}`;

export async function addBox(db: Database, id: string, cluster: string): Promise<void> {
  await insertBox(db, {
    id: id as BoxId,
    clusterId: cluster as ClusterId,
    publicKey: "k".repeat(43) as PublicKey,
    passwordSha256: nodeCrypto.sha256Hex(boxPassword(id)),
    enrolledAt: 0 as never,
    revokedAt: null,
    simulated: false,
  });
  await insertPlanState(db, id as BoxId);
}
