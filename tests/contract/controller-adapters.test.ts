import { readdir } from "node:fs/promises";
import { argon2Passwords } from "@loa/controller/adapters/argon2-passwords.ts";
import { openUploads } from "@loa/controller/adapters/file-uploads.ts";
import { memoryLimits } from "@loa/controller/adapters/memory-limits.ts";
import { prometheusMetrics } from "@loa/controller/adapters/prometheus.ts";
import { describe, expect, it } from "vitest";
import { testFolder } from "../support/temp-folder.ts";

describe("passwords", () => {
  it("are kept as argon2id, and only the right one fits", async () => {
    const passwords = argon2Passwords();
    const hash = await passwords.hash("mật khẩu dài");
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(hash, "mật khẩu dài")).toBe(true);
    expect(await passwords.verify(hash, "mật khẩu")).toBe(false);
    expect(await passwords.verify("not a hash", "mật khẩu dài")).toBe(false);
    expect(await passwords.hash("mật khẩu dài")).not.toBe(hash);
  });
});

describe("attempts", () => {
  it("wait longer with each failure beyond the first five, and no other key waits", async () => {
    const limits = memoryLimits();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await limits.failed("sign-in", ["lan"]);
      waits.push(Math.round((await limits.waitMs("sign-in", ["lan"])) / 1_000));
    }
    expect(waits).toEqual([0, 0, 0, 0, 5, 10, 20, 40]);
    expect(await limits.waitMs("sign-in", ["minh"])).toBe(0);
    expect(await limits.waitMs("enrol", ["lan"])).toBe(0);
    await limits.succeeded("sign-in", ["lan"]);
    expect(await limits.waitMs("sign-in", ["lan"])).toBe(0);
    await limits.failed("sign-in", ["lan"]);
    expect(await limits.waitMs("sign-in", ["lan"])).toBe(0);
  });
});

describe("an upload", () => {
  it("that breaks off leaves no file", async () => {
    const folder = await testFolder();
    const uploads = await openUploads(folder);
    let parts = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        parts += 1;
        if (parts < 3) controller.enqueue(new Uint8Array(1_000));
        else controller.error(new Error("connection reset"));
      },
    });
    expect(await uploads.receive(body, 1_000_000)).toEqual({ ok: false, error: "interrupted" });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("metrics", () => {
  it("show boxes, outbox, broker, requests and the event loop", async () => {
    const metrics = prometheusMetrics();
    metrics.requestServed("GET", "/api/v1/boxes", 200, 12);
    metrics.emergencySaid("exercise", 30);
    metrics.emergencyHeard("actual", 1_700);
    const { contentType, text } = await metrics.render({
      boxes: { online: 3, suspect: 0, offline: 1, unknown: 0 },
      outboxPending: 7,
      emergenciesInForce: 1,
      planProblems: 2,
      messagesRefused: { "bad-signature": 5 },
      commandsRefused: { replayed: 6 },
      requestsRefused: { "wrong-password": 9 },
      writesWaiting: 11,
      samplesDropped: 13,
      livePages: 2,
      expiring: 8,
      broker: {
        connections: 3,
        messagesIn: 10,
        messagesOut: 20,
        refused: { "bad-topic": 1 } as never,
        slowReadersKicked: 0,
        retained: 4,
      },
    });
    expect(contentType).toContain("text/plain");
    expect(text).toContain('loa_boxes{presence="online"} 3');
    expect(text).toContain("loa_outbox_pending 7");
    expect(text).toContain("loa_plan_problems 2");
    expect(text).toContain("loa_emergencies_in_force 1");
    expect(text).toContain('loa_emergency_said_seconds_bucket{le="0.05",severity="exercise"} 1');
    expect(text).toContain('loa_emergency_heard_seconds_bucket{le="2",severity="actual"} 1');
    expect(text).toContain('loa_messages_refused_total{reason="bad-signature"} 5');
    expect(text).toContain('loa_commands_refused_total{reason="replayed"} 6');
    expect(text).toContain('loa_requests_refused_total{reason="wrong-password"} 9');
    expect(text).toContain("loa_store_writes_waiting 11");
    expect(text).toContain("loa_expiring 8");
    expect(text).toContain("loa_samples_dropped_total 13");
    expect(text).toContain('loa_broker_messages_total{direction="out"} 20');
    expect(text).toContain('loa_broker_refused_total{reason="bad-topic"} 1');
    expect(text).toContain(
      'loa_http_request_duration_seconds_count{method="GET",route="/api/v1/boxes",status="200"} 1',
    );
    expect(text).toContain("nodejs_eventloop_lag_seconds");
  });
});
