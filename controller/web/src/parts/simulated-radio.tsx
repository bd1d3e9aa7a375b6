import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { Refusal, useAnswer } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button } from "./web-awesome.tsx";

/** Takes the demo's station off the air and back. Absent where there is none. */
export function SimulatedRadio(): VNode | null {
  const known = useAnswer(calls.simulatedRadio, []);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (known.value === null) return null;
  const { isOnAir } = known.value;
  const words = t.value.radio;
  const turn = async () => {
    const answer = await calls.simulateRadio(!isOnAir);
    setProblem(answer.ok ? null : answer.error);
    known.reload();
  };
  return (
    <div class="simulated-radio">
      <h3>{words.title}</h3>
      <p class="quiet">{words.explain}</p>
      {problem !== null && <Refusal problem={problem} />}
      <div class="actions" role="status">
        <Mark
          tone={isOnAir ? "good" : "warn"}
          icon={isOnAir ? "wave" : "link-off"}
          text={isOnAir ? words.on : words.off}
        />
        <Button appearance="outlined" variant={isOnAir ? "neutral" : "success"} onClick={() => void turn()}>
          {isOnAir ? words.turnOff : words.turnOn}
        </Button>
      </div>
    </div>
  );
}
