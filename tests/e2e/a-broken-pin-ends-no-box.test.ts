import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { expect, onTestFinished, test } from "vitest";
import { startOwn } from "../support/own-process.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

/** Nobody listens on port 9. */
const nowhere = "tcp://127.0.0.1:9";

function enrolledDisk(folder: string): string {
  const data = join(folder, "data");
  mkdirSync(data);
  const keys = newKeyPair();
  const answer = {
    ...{ box: "cum-1", cluster: "cum-1", password: "x".repeat(32), at: 0 },
    ...{ mqttUrl: "mqtt://127.0.0.1:9", contentUrl: "http://127.0.0.1:9" },
    issuers: [{ issuer: "room", publicKey: keys.publicKey }],
  };
  writeFileSync(join(data, "identity.json"), JSON.stringify({ answer, privateKey: keys.privateKey }));
  return data;
}

describeWithPart("ffmpeg", "a pinned profile that an upgrade has changed", () => {
  test("leaves its device out, says what to do, and the box comes up without it", async () => {
    const folder = await testFolder();
    const data = enrolledDisk(folder);
    const devices = join(folder, "devices.yaml");
    writeFileSync(
      devices,
      `devices:
  - alias: amplifier
    profile: loa-reference-amplifier
    sha256: "${"0".repeat(64)}"
    line: ${nowhere}
`,
    );
    const agent = startOwn("edge-agent/src/main.ts", {
      args: ["--data", data, "--devices", devices, "--sink", "none", "--sound", "in-process"],
    });
    onTestFinished(() => agent.kill());
    await agent.says(/agent\.started/);
    expect(agent.output()).toMatch(
      /device\.left-out.*"device":"amplifier".*devices\.yaml:4: .*fetch it again, or pin/,
    );
    await agent.stop();
    expect(agent.output()).not.toContain("line.opened");
  });
});
