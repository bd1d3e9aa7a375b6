import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { listenHttp } from "@loa/controller/adapters/http-server.ts";
import type { ServerName } from "@loa/controller/authority/authority-port.ts";
import { doorTls } from "@loa/controller/authority/door-tls.ts";
import { openAuthority } from "@loa/controller/authority/open-authority.ts";
import { keepExpiryAlarms } from "@loa/controller/expiry-alarms.ts";
import { ownNames } from "@loa/controller/own-names.ts";
import { createWork } from "@loa/controller/work.ts";
import { DAY_MS, HOUR_MS } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { createApiWorld } from "../support/api-world.ts";
import { createLogBook } from "../support/log-book.ts";
import { testFolder } from "../support/temp-folder.ts";
import { createTestTime, type TestTime } from "../support/test-time.ts";

const names: ServerName[] = [{ type: "ip", value: "127.0.0.1" }];

function open(folder: string, clock: TestTime["clock"] | typeof nodeClock, called = () => names) {
  const random = createSeededRandom("authority");
  return openAuthority({ folder, names: called, clock, random, log: createLogBook() });
}

describe("the authority of a control room", () => {
  test("renews the certificate of its doors after two thirds, and the root never", async () => {
    const time = createTestTime();
    const authority = await open(await testFolder(), time.clock);
    const [root, first] = authority.own();
    await time.advance(57 * DAY_MS);
    await authority.look();
    expect(authority.own()).toEqual([root, first]);
    await time.advance(2 * DAY_MS);
    await authority.look();
    const [rootAfter, next] = authority.own();
    expect(rootAfter).toEqual(root);
    expect(next?.serial).not.toBe(first?.serial);
    expect(new X509Certificate(authority.doors().cert).ca).toBe(false);
  });

  test("gives the doors a certificate for a new name at once, and keeps it over a restart", async () => {
    const folder = await testFolder();
    const called = [...names];
    const authority = await open(folder, nodeClock, () => called);
    called.push({ type: "dns", value: "loa.example.vn" });
    await authority.look();
    expect(authority.own()[1]?.names).toEqual(["127.0.0.1", "loa.example.vn"]);
    const again = await open(folder, nodeClock, () => called);
    expect(again.own()).toEqual(authority.own());
  });

  test("shows the renewed one to the next visitor, without a restart", async () => {
    const called = [...names];
    const authority = await open(await testFolder(), nodeClock, () => called);
    const exposure = { host: "127.0.0.1", publicUrl: null, mqttTls: null, isOwnTlsWanted: true };
    const server = await listenHttp("127.0.0.1", 0, doorTls(exposure, authority).http());
    onTestFinished(() => server.close());
    const shown = async () => {
      const socket = connect({ host: "127.0.0.1", port: server.port, ca: authority.root });
      await once(socket, "secureConnect");
      const serial = socket.getPeerX509Certificate()?.serialNumber.toLowerCase();
      socket.destroy();
      return serial;
    };
    expect(await shown()).toBe(authority.own()[1]?.serial);
    called.push({ type: "dns", value: "loa.example.vn" });
    await authority.look();
    expect(await shown()).toBe(authority.own()[1]?.serial);
  });

  test("whose making was cut short by the power is the same one afterwards", async () => {
    const folder = await testFolder();
    await open(folder, nodeClock);
    const key = readFileSync(join(folder, "authority.key"), "utf8");
    rmSync(join(folder, "authority.crt"));
    writeFileSync(join(folder, "doors.pem"), "-----BEGIN PRIVATE KEY-----\nhalf");
    const after = await open(folder, nodeClock);
    expect(readFileSync(join(folder, "authority.key"), "utf8")).toBe(key);
    expect(new X509Certificate(after.doors().cert).verify(new X509Certificate(after.root).publicKey)).toBe(
      true,
    );
  });

  test("with the key of another one does not start", async () => {
    const [folder, other] = [await testFolder(), await testFolder()];
    await open(folder, nodeClock);
    const random = createSeededRandom("other");
    await openAuthority({
      folder: other,
      names: () => names,
      clock: nodeClock,
      random,
      log: createLogBook(),
    });
    const key = readFileSync(join(other, "authority.key"), "utf8");
    writeFileSync(join(folder, "authority.key"), key);
    await expect(open(folder, nodeClock)).rejects.toThrow(/do not belong together/);
  });
});

test("the names of a machine that listens everywhere are those by which it can be reached", () => {
  const told = ownNames("0.0.0.0", ["https://Loa.Example.vn:8443", null, "mqtts://10.1.2.3:8883"]);
  expect(told.slice(0, 2)).toEqual([
    { type: "dns", value: "loa.example.vn" },
    { type: "ip", value: "10.1.2.3" },
  ]);
  expect(told.map(({ value }) => value)).toEqual(expect.arrayContaining(["localhost", "127.0.0.1"]));
  expect(told.map(({ value }) => value)).not.toContain("0.0.0.0");
});

test("the end of a certificate is said once at each of its thresholds, and when it is there", async () => {
  const { db, time } = await createApiWorld();
  const log = createLogBook();
  const authority = await open(await testFolder(), time.clock);
  const work = createWork(time.timers, log);
  const alarms = keepExpiryAlarms({
    clock: time.clock,
    timers: time.timers,
    log,
    db,
    work,
    authority,
    rosters: { inForce: () => null },
    standings: { inForce: () => [] },
  });
  onTestFinished(alarms.close);
  const said = () => log.lines.filter(({ event }) => event === "certificate.expiring");
  await time.advance(60 * DAY_MS);
  expect([said(), alarms.count()]).toEqual([[], 0]);
  await time.advance(29 * DAY_MS + 12 * HOUR_MS);
  // Nobody has looked after the doors here.
  expect(said().map(({ fields }) => [fields.of, fields.alarmDays])).toEqual([
    ["server", 30],
    ["server", 14],
    ["server", 7],
    ["server", 1],
  ]);
  expect(alarms.count()).toBe(1);
  await time.advance(2 * DAY_MS);
  expect(said().map(({ fields }) => fields.state)).toEqual([
    ...Array.from({ length: 4 }, () => "expiring"),
    "expired",
  ]);
});
