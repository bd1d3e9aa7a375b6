import { roles } from "@loa/controller/domain/access.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { daily, schedule, upload } from "../support/api-content.ts";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { inArea } from "../support/cap-messages.ts";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { signingService } from "../support/signed-cap.ts";
import { softwarePasskey } from "../support/software-passkey.ts";
import { standingOf } from "../support/standing-approvals.ts";
import { attempts, type Secrets } from "../support/stranger-attempts.ts";

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

async function operationsOf(world: ApiWorld): Promise<readonly Operation[]> {
  const document = await (await world.anybody.get("/api/openapi.json")).json();
  return Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((key) => {
      const method = key.toUpperCase();
      return { name: `${method} ${path}`, method, path };
    }),
  );
}

async function standingOfAn(world: ApiWorld): Promise<string> {
  const told = { areas: ["an" as AreaId], author: "owner" as UserId, headline: "Lũ riêng của an" };
  const text = standingOf(await signingService("ec"), world.time.clock.now(), told);
  return (await world.trust.standings.add(text)).approved.id;
}

async function secretsOf(world: ApiWorld, owner: Person): Promise<Secrets> {
  const clip = await upload(owner);
  const id = await schedule(owner, { title: "Tin riêng của an" }, clip);
  const bulletins = await (await owner.get("/api/v1/bulletins")).json();
  const programmes = await (await owner.get("/api/v1/programmes")).json();
  const stop = await (await owner.post("/api/v1/areas/an/stop")).json();
  const source = { kind: "stream", url: "https://an.example/live.mp3" };
  const relay = { title: "Đài riêng của an", areaId: "an", source };
  const { relay: made } = await (await owner.post("/api/v1/relays", relay)).json();
  const drill = { areas: ["an"], severity: "exercise", headline: "Diễn tập riêng của an", message: null };
  const raised = await owner.post("/api/v1/emergencies", { ...drill, confirm: "DIỄN TẬP" });
  const { emergency } = await raised.json();
  const brought = await owner.send("POST", "/api/v1/cap", inArea("an"), {
    "content-type": "application/cap+xml",
  });
  const alert = await brought.json();
  await world.db
    .insertInto("receipt")
    .values({
      occurrence_id: `${id}@2026-11-23T05:00:00`,
      box_id: "box-an",
      source_id: id,
      due_at: world.time.clock.now() - 60_000,
      verdict: "unknown",
      cause: "offline",
      evidence: null,
      at: world.time.clock.now(),
    })
    .execute();
  const { sessions } = await (await owner.get("/api/v1/sessions")).json();
  const key = softwarePasskey();
  const options = await (await owner.post("/api/v1/passkeys/options")).json();
  await owner.post("/api/v1/passkeys", { name: "k", passkey: key.register(options) });
  const at = world.time.clock.now();
  const { order } = unsignedOrder("draft-of-an", ["an" as AreaId], { at, by: "owner" as UserId });
  await world.trust.drafts.add(order, plus(at, 30 * MINUTE_MS));
  const { id: grant } = await world.db
    .selectFrom("grant")
    .where("user_id", "=", "owner")
    .select("id")
    .executeTakeFirstOrThrow();
  return {
    person: "owner",
    grant: String(grant),
    session: sessions[0].id,
    draft: order.id,
    standing: await standingOfAn(world),
    passkey: key.credentialId,
    clip,
    bulletin: bulletins.bulletins[0].id,
    programme: programmes.programmes[0].id,
    relay: made.id,
    emergency: emergency.id,
    alert: alert.id,
    schedule: id,
    stop: stop.id,
  };
}

const everyRole = roles.filter((role) => role !== "vendor");

/** Changed by every request: when it was last used. */
const ofTheRequestItself = new Set(["session.last_used_at"]);

/** Every row of every table. */
async function everything(world: ApiWorld): Promise<string> {
  const tables = await sql<{
    name: string;
  }>`select name from sqlite_schema where type = 'table' order by name`.execute(world.db);
  const told: Record<string, unknown> = {};
  for (const { name } of tables.rows) {
    const { rows } = await sql<Readonly<Record<string, unknown>>>`select * from ${sql.table(name)}`.execute(
      world.db,
    );
    told[name] = rows.map((row) =>
      Object.entries(row).filter(([column]) => !ofTheRequestItself.has(`${name}.${column}`)),
    );
  }
  expect(Object.keys(told)).toContain("emergency_draft");
  return JSON.stringify(told);
}

describe("a person of the neighbour commune", () => {
  it("is tried against every operation that the API documents", async () => {
    const world = await createApiWorld();
    const names = (await operationsOf(world)).map((one) => one.name);
    expect(Object.keys(attempts).sort()).toEqual([...names].sort());
  });

  it("sees, changes and learns nothing of ours by any of them", async () => {
    const world = await createApiWorld();
    const owner = await world.person("owner", "an", "author", "approver", "technician", "area-admin");
    const stranger = await world.person("stranger", "binh", ...everyRole);
    const secrets = await secretsOf(world, owner);
    const { grant: _, ...told } = secrets;
    const ours = [...Object.values(told), "an-thon", "box-an", "cluster-an", "Tin riêng", '"an"'];
    for (const { name, method, path } of await operationsOf(world)) {
      const attempt = attempts[name];
      if (attempt === undefined || attempt.kind === "own") continue;
      const before = await everything(world);
      const body = attempt.kind === "refused" ? attempt.body?.(secrets) : undefined;
      const answer = await stranger.send(method, attempt.path?.(secrets) ?? path, body);
      const text = await answer.text();
      if (attempt.kind === "list") {
        expect(answer.status, name).toBe(200);
        for (const one of ours) expect(text, name).not.toContain(one);
      } else {
        expect(attempt.codes ?? ["not-found"], `${name}: ${text}`).toContain(JSON.parse(text).code);
      }
      expect(await everything(world), name).toBe(before);
    }
  });

  it("may not write into ours even where the thing itself is the person's own", async () => {
    const world = await createApiWorld();
    const stranger = await world.person("stranger", "binh", "author", "technician", "area-admin");
    const clip = await upload(stranger);
    const bulletin = { title: "t", class: "normal", field: "other", clip, areaId: "an" };
    expect((await (await stranger.post("/api/v1/bulletins", bulletin)).json()).code).toBe("area-not-yours");
    const draft = {
      title: "t",
      class: "normal",
      field: "other",
      clip,
      areas: ["binh", "an"],
      recurrence: daily,
    };
    const refused = await stranger.post("/api/v1/schedules", draft);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: "area-not-yours",
      problems: [{ code: "area-not-yours", areaId: "an" }],
    });
    const tried = await (await stranger.post("/api/v1/schedules/dry-run", draft)).json();
    expect(tried).toMatchObject({ ok: false, starts: [], problems: [{ code: "area-not-yours" }] });
  });
});

describe("a person who only looks", () => {
  it("sees a commune and may change nothing in it", async () => {
    const world = await createApiWorld();
    const owner = await world.person("owner", "an", "author", "approver", "technician", "area-admin");
    const secrets = await secretsOf(world, owner);
    const viewer = await world.person("viewer", "an", "viewer");
    const changes: readonly [string, string, object?][] = [
      ["POST", "/api/v1/areas", { kind: "village", name: "Thôn", parentId: "an" }],
      [
        "PUT",
        "/api/v1/areas/an/rules",
        { quietHours: [], weekdays: null, maxSessionsPerDay: 1, maxSessionMs: null },
      ],
      ["POST", "/api/v1/areas/an/stop"],
      ["POST", "/api/v1/clusters", { name: "Cụm", areaId: "an", horns: 1 }],
      ["POST", "/api/v1/clusters/cluster-an/claim"],
      ["POST", "/api/v1/boxes/box-an/revoke"],
      [
        "POST",
        "/api/v1/bulletins",
        { title: "t", class: "normal", field: "other", clip: secrets.clip, areaId: "an" },
      ],
      ["POST", "/api/v1/programmes", { title: "t", items: [{ bulletin: secrets.bulletin }], areaId: "an" }],
      ["POST", "/api/v1/clips?fileName=a.mp3", {}],
      ["PATCH", "/api/v1/clusters/cluster-an", { turn: 1 }],
      ["PUT", "/api/v1/areas/an/settings", { volume: null, filler: null }],
      [
        "POST",
        "/api/v1/relays",
        { title: "t", areaId: "an", source: { kind: "stream", url: "https://a.example" } },
      ],
      ["PUT", `/api/v1/relays/${secrets.relay}`, { title: "t", source: { kind: "input", input: "line" } }],
      ["DELETE", `/api/v1/relays/${secrets.relay}`],
      [
        "POST",
        "/api/v1/emergencies",
        { areas: ["an"], severity: "actual", headline: "t", message: null, confirm: "KHẨN CẤP" },
      ],
      ["POST", `/api/v1/emergencies/${secrets.emergency}/cancel`],
      ["DELETE", `/api/v1/schedules/${secrets.schedule}`],
      ["POST", `/api/v1/schedules/${secrets.schedule}/confirm-exception`],
      ["GET", "/api/v1/audit"],
      ["GET", "/api/v1/users"],
      ["POST", "/api/v1/users", { name: "friend", grants: [{ role: "viewer", areaId: "an" }] }],
    ];
    const before = await everything(world);
    for (const [method, path, body] of changes) {
      const answer = await viewer.send(method, path, body);
      expect((await answer.json()).code, `${method} ${path}`).toBe("forbidden");
    }
    expect(await everything(world)).toBe(before);
    expect((await viewer.get(`/api/v1/schedules/${secrets.schedule}`)).status).toBe(200);
    expect((await viewer.get("/api/v1/boxes/box-an")).status).toBe(200);
  });
});

describe("a person without any grant", () => {
  it("gets nothing of ours by any operation, with real ids and right bodies", async () => {
    const world = await createApiWorld();
    const owner = await world.person("owner", "an", "author", "approver", "technician", "area-admin");
    const secrets = await secretsOf(world, owner);
    const nobody = await world.person("nobody", "an");
    const { grant: _, ...told } = secrets;
    const ours = [...Object.values(told), "an-thon", "box-an", "cluster-an", "Tin riêng", '"an"'];
    for (const { name, method, path } of await operationsOf(world)) {
      const attempt = attempts[name];
      if (attempt === undefined || attempt.kind === "own") continue;
      const before = await everything(world);
      const body = attempt.kind === "refused" ? attempt.body?.(secrets) : undefined;
      const answer = await nobody.send(method, attempt.path?.(secrets) ?? path, body);
      const text = await answer.text();
      const allowed = attempt.kind === "list" ? [200, 403, 404] : [400, 403, 404, 409, 422];
      expect(allowed, `${name}: ${answer.status} ${text}`).toContain(answer.status);
      if (answer.status === 200) for (const one of ours) expect(text, name).not.toContain(one);
      expect(await everything(world), name).toBe(before);
    }
  });
});

describe("a person who may do all of it", () => {
  /** The heart writes their rows, and here is none: `outbox-stop.test.ts` looks at them. */
  const byHeart = [
    "POST /api/v1/areas/{id}/stop",
    "POST /api/v1/emergencies",
    "POST /api/v1/emergencies/{id}/cancel",
    "POST /api/v1/path-tests",
  ];
  /** Changes nothing, though it is posted. */
  const dryRuns = new Set(["POST /api/v1/schedules/dry-run"]);

  it("leaves a row in the record with each change, whatever it is", async () => {
    const world = await createApiWorld();
    const owner = await world.person("owner", "an", "author", "approver", "technician", "area-admin");
    const secrets = await secretsOf(world, owner);
    const admin = await world.person("admin", "tinh", ...everyRole);
    const acts = async () =>
      Number(
        (
          await world.db
            .selectFrom("audit")
            .select((eb) => eb.fn.countAll().as("n"))
            .executeTakeFirst()
        )?.n,
      );
    const changed: string[] = [];
    const silent: string[] = [];
    for (const { name, method, path } of await operationsOf(world)) {
      const attempt = attempts[name];
      if (attempt?.kind !== "refused" || method === "GET" || dryRuns.has(name)) continue;
      const before = await acts();
      const answer = await admin.send(method, attempt.path?.(secrets) ?? path, attempt.body?.(secrets));
      if (!answer.ok) continue;
      changed.push(name);
      if ((await acts()) <= before) silent.push(name);
    }
    expect(silent).toEqual(byHeart);
    expect(changed.length).toBeGreaterThan(30);
  });
});

describe("whatever stands in a path", () => {
  const odd = [
    "%00",
    "..%2f..%2fetc",
    "__proto__",
    "'%20or%201=1--",
    "%F0%9F%94%8A",
    "x".repeat(3_000),
    "-1",
  ];

  it("is refused in words, and nothing fails in our hands", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "tinh", ...everyRole);
    for (const { name, method, path } of await operationsOf(world)) {
      // The sender of a warning centre may be called anything.
      if (!path.includes("{") || path.includes("{sender}")) continue;
      for (const one of odd) {
        const answer = await admin.send(
          method,
          path.replace(/\{\w+\}/g, one),
          method === "GET" ? undefined : {},
        );
        expect([400, 403, 404, 415, 422], `${name} ${one}: ${answer.status}`).toContain(answer.status);
      }
    }
    expect(world.log.lines.filter(({ event }) => event === "api.failed")).toEqual([]);
  });
});

describe("nobody", () => {
  const open = [
    "GET /healthz",
    "GET /metrics",
    "POST /api/v1/session",
    "POST /api/v1/enrol",
    "POST /api/v1/renew",
    "GET /api/v1/trust/authority",
    "GET /api/v1/trust/revoked",
    "POST /api/v1/session/passkey",
    "POST /api/v1/session/passkey/options",
    "GET /api/v1/session/ways",
    "POST /api/v1/session/openid",
    "GET /api/v1/session/openid/callback",
  ];

  it("gets anything without a session but health, sign-in and enrolment", async () => {
    const world = await createApiWorld();
    for (const { name, method, path } of await operationsOf(world)) {
      const real = path.replace("{id}", "box-an").replace("{sha256}", "0".repeat(64));
      const answer = await world.anybody.send(method, real);
      if (open.includes(name)) expect(answer.status, name).not.toBe(401);
      else expect(answer.status, name).toBe(401);
    }
  });
});
