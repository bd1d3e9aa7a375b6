import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { enrol, readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import { asInstant, DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTestAuthority, requestFor } from "../support/certificate-requests.ts";
import {
  believing,
  type CertifiedIdentity,
  type CertifiedRoom,
  openCertifiedRoom,
} from "../support/certified-room.ts";
import { eventuallySo } from "../support/eventually.ts";
import { publishFrame, RawClient, typeOf } from "../support/raw-mqtt.ts";
import { testFolder } from "../support/temp-folder.ts";

/** The promise for a stolen box. */
const REVOKED_WITHIN_MS = 60_000;

async function world() {
  const folder = await testFolder();
  const certified = await openCertifiedRoom(folder);
  onTestFinished(() => certified.room.close());
  return { ...certified, folder };
}

interface Shown {
  readonly key: string;
  readonly cert: string;
}

const shownBy = ({ tls }: CertifiedIdentity): Shown => ({ key: tls.privateKey, cert: tls.certificate });

/** Null: the door was shut before a word was said. */
async function handshake(
  { room, ca }: Pick<CertifiedRoom, "room" | "ca">,
  shown: Shown | null,
  more: ConnectionOptions = {},
): Promise<TLSSocket | null> {
  const socket = connect({ host: "127.0.0.1", port: room.mqttPort, ca, ...(shown ?? {}), ...more });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  const [how] = await Promise.race([
    once(socket, "secureConnect").then(() => ["up"]),
    once(socket, "close").then(() => ["down"]),
  ]);
  return how === "up" ? socket : null;
}

/** The return code of CONNECT (MQTT 3.1.1, table 3.1), or null where the door stayed shut. */
async function comesIn(
  at: Pick<CertifiedRoom, "room" | "ca">,
  shown: Shown | null,
  clientId: string,
  password: string,
  more: ConnectionOptions = {},
): Promise<number | null> {
  const socket = await handshake(at, shown, more);
  return socket === null ? null : await RawClient.over(socket).connect({ clientId, password });
}

describe("a box that has enrolled", () => {
  test("comes in by its certificate, and its keys are for its own eyes", async () => {
    const at = await world();
    const boxFolder = await testFolder();
    const box = await at.enrolled(boxFolder);
    expect(await comesIn(at, shownBy(box), box.box, box.password)).toBe(0);
    expect(readIdentity(boxFolder)).toEqual(box);
    const modes = readdirSync(boxFolder).map((name) => [name, statSync(join(boxFolder, name)).mode & 0o777]);
    expect(modes).toEqual([
      ["identity.json", 0o600],
      ["tls.json", 0o600],
    ]);
  });

  test("does not enrol at a control room that its image does not believe, nor gives its code away", async () => {
    const at = await world();
    const other = await openTestAuthority();
    const code = await at.claim("Cụm loa");
    const fooled = await enrol(await testFolder(), at.origin, code, believing(other.root));
    expect(fooled).toEqual({ ok: false, error: "unreachable" });
    expect((await enrol(await testFolder(), at.origin, code, believing(at.ca))).ok).toBe(true);
  });
});

describe("the door for boxes stays shut for", () => {
  test("whoever shows no certificate, though the password is right", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    expect(await comesIn(at, null, box.box, box.password)).toBeNull();
  });

  test("a certificate of another authority of the same name", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    const { csr, privateKey } = await requestFor({ name: box.box });
    const foreign = await (await openTestAuthority()).issue(box.box, csr, asInstant(Date.now()));
    expect(await comesIn(at, { key: privateKey, cert: foreign.pem }, box.box, box.password)).toBeNull();
  });

  test("the certificate of our own doors, which is for a server", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    const own = readFileSync(join(at.folder, "keys", "doors.pem"), "utf8");
    expect(await comesIn(at, { key: own, cert: own }, box.box, box.password)).toBeNull();
  });

  test("a certificate that is over", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    const { csr, privateKey } = await requestFor({ name: box.box });
    const authority = await openTestAuthority(join(at.folder, "keys"));
    const from = plus(asInstant(Date.now()), -91 * DAY_MS);
    const over = await authority.issue(box.box, csr, from);
    expect(await comesIn(at, { key: privateKey, cert: over.pem }, box.box, box.password)).toBeNull();
  });

  test("a box that says it is another one, though it knows the other's password", async () => {
    const at = await world();
    const [box, other] = [
      await at.enrolled(await testFolder()),
      await at.enrolled(await testFolder(), "Khác"),
    ];
    expect(await comesIn(at, shownBy(box), other.box, other.password)).toBe(5);
    expect(await comesIn(at, shownBy(box), box.box, other.password)).toBe(4);
  });

  test("poor ids, before anything else is looked at", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    for (const id of ["", "UPPER", "a/b", "a#", "$SYS", "x".repeat(65), "á", "\u0001", "../box", "-box"])
      expect(await comesIn(at, shownBy(box), id, box.password), id).not.toBe(0);
  });
});

describe("a box that is revoked", () => {
  test("is off within a minute, cannot come back by certificate or ticket, and gets no content", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    const socket = await handshake(at, shownBy(box));
    if (socket === null) throw new Error("it was let in before");
    const live = RawClient.over(socket);
    expect(await live.connect({ clientId: box.box, password: box.password })).toBe(0);
    const session = socket.getSession();
    const from = performance.now();
    expect((await at.send("POST", `/api/v1/boxes/${box.box}/revoke`)).status).toBe(204);
    await live.closed();
    expect(performance.now() - from).toBeLessThan(REVOKED_WITHIN_MS);
    expect(await comesIn(at, shownBy(box), box.box, box.password)).toBeNull();
    const ticket = session === undefined ? {} : { session };
    expect(await comesIn(at, shownBy(box), box.box, box.password, ticket)).toBeNull();
    expect(await content(at, box)).toBe(401);
  });

  test("stays out after the control room was started again", async () => {
    const folder = await testFolder();
    const before = await openCertifiedRoom(folder);
    const [box, other] = [
      await before.enrolled(await testFolder()),
      await before.enrolled(await testFolder(), "Khác"),
    ];
    await before.send("POST", `/api/v1/boxes/${box.box}/revoke`);
    await before.room.close();
    const at = await openCertifiedRoom(folder);
    onTestFinished(() => at.room.close());
    expect(await comesIn(at, shownBy(box), box.box, box.password)).toBeNull();
    expect(await comesIn(at, shownBy(other), other.box, other.password)).toBe(0);
  });

  test("because another one stands in its place comes in no more", async () => {
    const at = await world();
    const old = await at.enrolled(await testFolder());
    const [cluster] = (await (await at.send("GET", "/api/v1/clusters")).json()).clusters;
    const { code } = await (await at.send("POST", `/api/v1/clusters/${cluster.id}/claim`)).json();
    const next = await enrol(await testFolder(), at.origin, code, believing(at.ca));
    if (!next.ok || next.value.tls === null) throw new Error("the new box did not enrol");
    const fresh = { ...next.value, tls: next.value.tls };
    expect(await comesIn(at, shownBy(old), old.box, old.password)).toBeNull();
    expect(await comesIn(at, shownBy(fresh), fresh.box, fresh.password)).toBe(0);
  });
});

describe("a card that was copied", () => {
  test("shows at the row of its box, in the list of certificates and in the record, until somebody has looked", async () => {
    const at = await world();
    const box = await at.enrolled(await testFolder());
    const comes = async (machine: string, session: number) => {
      const socket = await handshake(at, shownBy(box));
      if (socket === null) throw new Error("the door is shut");
      const client = RawClient.over(socket);
      expect(await client.connect({ clientId: box.box, password: box.password })).toBe(0);
      const told = { session, online: true, nonce: "", version: "test", machine };
      client.send(publishFrame(boxTopic(box.box, "presence"), JSON.stringify(told), 1));
      await client.next(typeOf.puback);
    };
    const isFlagged = async () => {
      const [row] = (await (await at.send("GET", "/api/v1/boxes")).json()).boxes;
      return row.faults.some((fault: { kind: string }) => fault.kind === "box-cloned");
    };
    await comes("board-a", 7);
    await comes("board-b", 7);
    expect(await isFlagged()).toBe(false);
    await comes("board-a", 8);
    await eventuallySo("the box is flagged", 5_000, isFlagged);
    const sign = { kind: "two-machines", machines: ["board-b", "board-a"] };
    await eventuallySo("it is in the list", 5_000, async () => {
      const { certificates } = await (await at.send("GET", "/api/v1/trust/certificates")).json();
      const shown = certificates.find(({ boxId }: { boxId: string }) => boxId === box.box);
      return JSON.stringify(shown.cloned?.sign) === JSON.stringify(sign);
    });
    const acts = async () => JSON.stringify(await (await at.send("GET", "/api/v1/audit")).json());
    expect(await acts()).toContain("box.cloned");
    expect((await at.send("DELETE", `/api/v1/boxes/${box.box}/cloned`)).status).toBe(204);
    expect(await isFlagged()).toBe(false);
    expect(await acts()).toContain("box.clone-cleared");
    expect((await at.send("DELETE", `/api/v1/boxes/${box.box}/cloned`)).status).toBe(404);
  });
});

/** The status of asking for a file as this box. */
function content({ origin, ca }: CertifiedRoom, { box, password }: CertifiedIdentity): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${box}:${password}`).toString("base64")}`;
  return new Promise((resolve, reject) => {
    const url = `${origin}/content/v1/${"0".repeat(64)}`;
    const asked = request(url, { ca, headers: { authorization } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}
