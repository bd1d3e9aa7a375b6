import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { listenBacklog } from "@loa/controller/bus/broker-limits.ts";
import { expect, onTestFinished, test } from "vitest";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox } from "../support/box-end.ts";
import { RawClient } from "../support/raw-mqtt.ts";

const boxes = 1_500;
const limitMs = 10_000;

/** Ends with 0 when all connections stand. Nobody takes them meanwhile: they stand in the queue of the kernel. */
const storm = `
  const { connect } = require("node:net");
  let standing = 0;
  for (let index = 0; index < ${boxes}; index += 1) {
    const socket = connect(Number(process.argv[1]), "127.0.0.1");
    socket.on("error", () => process.exit(1));
    socket.on("connect", () => { standing += 1; if (standing === ${boxes}) process.exit(0); });
  }
  setTimeout(() => process.exit(2), ${limitMs});
`;

function kernelAllows(): number {
  try {
    return Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
  } catch {
    return 0;
  }
}

test.skipIf(kernelAllows() < listenBacklog)(
  `${boxes} boxes that come while the control room is busy are let in`,
  async () => {
    const broker = await startTestBroker();
    onTestFinished(() => broker.close());
    // spawnSync holds up this process, and with it the broker, until the storm is over.
    const outcome = spawnSync(process.execPath, ["-e", storm, `${broker.port}`], { timeout: 2 * limitMs });
    expect(outcome.status).toBe(0);
    const box = await RawClient.open(broker.port);
    expect(await box.connect({ clientId: anBox, password: passwordOf(anBox) })).toBe(0);
  },
);
