import { openDoor } from "@loa/controller/bus/door.ts";
import { boxId, type CommandId } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { type Envelope, seal } from "@loa/shared/wire/envelope.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { expect, test } from "vitest";

const box = boxId.parse("box-1");
const { privateKey, publicKey } = newKeyPair();
const id = "01a2065a-d9b8-7203-a25b-741f9a6e48ae" as CommandId;
const at = asInstant(Date.UTC(2026, 10, 23));

const opened = (changed: Partial<Envelope> = {}) => {
  const contents: Envelope = {
    ...{ v: 1, id, kind: "ack", audience: { controller: true }, issuer: box, sequence: 1 },
    ...{ issuedAt: at, notBefore: at, expiresAt: null, critical: [] },
    body: { command: id, state: "accepted", reason: null, highest: 0 },
    ...changed,
  };
  const payload = seal(contents, { issuer: box, privateKey }, nodeCrypto);
  return openDoor({ box, topic: boxTopic(box, "ack"), payload }, publicKey, nodeCrypto);
};

test("what a box has signed is taken for what it says, and for nothing more", () => {
  expect(opened()).toMatchObject({ kind: "ack", body: { command: id } });
  expect(opened({ kind: "event" })).toEqual({ kind: "refused", reason: "wrong-kind" });
  expect(opened({ audience: { box } })).toEqual({ kind: "refused", reason: "wrong-audience" });
  expect(opened({ critical: ["only-if"] })).toEqual({ kind: "refused", reason: "critical-field" });
});
