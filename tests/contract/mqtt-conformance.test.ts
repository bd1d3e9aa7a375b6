import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { startOpenMosquitto } from "../support/mosquitto-network.ts";
import { closedTopic, startOpenBroker } from "../support/open-rights.ts";
import { PlainClient } from "../support/plain-client.ts";
import { describeWithPart } from "../support/system-part.ts";
import { mqttContract } from "./mqtt.contract.ts";

mqttContract({
  name: "the broker inside the controller",
  async start() {
    const broker = await startOpenBroker();
    return { port: broker.port, stop: broker.close };
  },
  isStrict: true,
});

describeWithPart("mosquitto", "the yardstick", ({ path }) => {
  mqttContract({ name: "mosquitto", start: () => startOpenMosquitto(path), isStrict: false });
});

describeWithPart("mosquitto-clients", "with other people's clients", ({ path }) => {
  async function world() {
    const broker = await startOpenBroker();
    onTestFinished(broker.close);
    const run = (program: "mosquitto_pub" | "mosquitto_sub", ...args: readonly string[]) =>
      runClient(join(dirname(path), program), ["-V", "mqttv311", "-p", `${broker.port}`, "-d", ...args]);
    return { broker, run };
  }

  test("mosquitto_pub says, mqtt.js hears, and mosquitto_sub finds what was retained", async () => {
    const { broker, run } = await world();
    const reader = await PlainClient.connected(broker.port, { clientId: "reader" });
    await reader.subscribe({ "xa/+": 2 });
    const say = ["-i", "writer", "-t", "xa/an"];
    for (const qos of ["0", "1", "2"]) await run("mosquitto_pub", ...say, "-q", qos, "-m", `Xã An ${qos}`);
    await run("mosquitto_pub", "-i", "writer", "-q", "2", "-r", "-t", "xa/binh", "-m", "kept");
    await reader.heard.atLeast(4);
    const heard = reader.heard.items.map(({ qos, payload }) => `${qos} ${payload}`);
    expect(heard).toEqual(["0 Xã An 0", "1 Xã An 1", "2 Xã An 2", "2 kept"]);
    const late = await run(
      "mosquitto_sub",
      "-i",
      "late",
      "-q",
      "2",
      "-t",
      "#",
      "-F",
      "> %q %r %p",
      "-C",
      "1",
    );
    expect(late).toEqual(["2 1 kept"]);
  });

  test("a session that mosquitto_sub leaves gets what it missed", async () => {
    const { run } = await world();
    const session = ["-i", "away", "-c", "-q", "1", "-t", "xa/an", "-F", "> %p"];
    await run("mosquitto_sub", ...session, "-E");
    await run("mosquitto_pub", "-i", "writer", "-q", "1", "-t", "xa/an", "-m", "missed");
    expect(await run("mosquitto_sub", ...session, "-C", "1")).toEqual(["missed"]);
  });

  test("mosquitto_sub is told which subscription it may not have", async () => {
    const { run } = await world();
    const asked = ["-t", "xa/an", "-t", closedTopic, "-E"];
    expect(await run("mosquitto_sub", "-i", "reader", ...asked)).toContain("Subscribed (mid: 1): 0, 128");
  });
});

/** What it has said when it has ended: its own lines, or the messages, which stand behind `> `. */
async function runClient(program: string, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(program, [...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = (await text(child.stdout)).trim().split("\n");
  const messages = lines.filter((line) => line.startsWith("> "));
  return messages.length === 0 ? lines : messages.map((line) => line.slice(2));
}
