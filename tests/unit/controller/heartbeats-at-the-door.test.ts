import { openDoor } from "@loa/controller/bus/door.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { status } from "@loa/shared/wire/uplink.ts";
import { expect, test } from "vitest";

const box = "one" as BoxId;
const open = (payload: string) =>
  openDoor({ box, topic: boxTopic(box, "status"), payload }, null, nodeCrypto);

test.each([
  '{"k":"h","n":12,"at":1795402947,"r":345,"f":0,"o":1}',
  '{"k":"h","n":12,"at":1795402947,"r":345,"f":2,"o":0}',
  '{"k":"h","n":12}',
  // Not as our boxes write it, and still one.
  '{"n":12,"k":"h"}',
  // The level meter, as our boxes write it and as they do not.
  '{"k":"level","n":12,"at":1795402947123,"rms":-18.3,"peak":-6}',
  '{"k":"level","n":12,"at":1795402947123,"rms":-0.5,"peak":0}',
  '{"k":"level","n":12,"at":1795402947123,"rms":-18.25,"peak":-6e0}',
])("a-heartbeat-and-a-level-are-read-as-their-schema-reads-them: %s", (payload) => {
  expect(open(payload)).toEqual({ kind: "status", body: status.parse(JSON.parse(payload)) });
});

test.each([
  '{"k":"h"}',
  '{"k":"h","n":-1}',
  '{"k":"h","n":1,"o":2}',
  '{"k":"h","n":1',
  '{"k":"level","n":1,"at":2,"rms":-01,"peak":0}',
  '{"k":"level","n":1,"at":2,"rms":-1}',
])("what-is-no-heartbeat-is-refused: %s", (payload) => {
  expect(open(payload)).toEqual({ kind: "refused", reason: "malformed" });
});
