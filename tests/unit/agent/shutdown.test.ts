import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf } from "../../support/agent-bench.ts";

const news = clipOf("a", 5 * MINUTE_MS);

describe("shutdown", () => {
  test("says good-bye, takes its presence back and does not connect again", () => {
    const bench = agentBench({ clips: [news] });
    bench.knobs.isBrokerThere = true;
    bench.pass(MINUTE_MS);
    bench.post({ kind: "disconnected", reason: "closed" });
    bench.pass(MINUTE_MS);
    expect(bench.state.link.phase).toBe("up");
    const before = bench.said.length;
    bench.post({ kind: "shutdown" });
    const effects = bench.said.slice(before).map(({ effect }) => effect);
    expect(effects.map((one) => one.kind)).not.toContain("connect");
    expect(effects.at(-1)?.kind).toBe("disconnect");
    const presence = effects.find((one) => one.kind === "publish" && one.message.topic.endsWith("/presence"));
    expect(presence?.kind === "publish" && JSON.parse(presence.message.payload)).toMatchObject({
      online: false,
      nonce: "",
      session: bench.state.memory.session,
    });
  });
});
