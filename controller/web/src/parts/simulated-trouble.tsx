import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Answer, Problem } from "../api/http.ts";
import { simulatedFault } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { Refusal, useAnswer } from "./loaded.tsx";
import { SimulatedRadio } from "./simulated-radio.tsx";
import { Button, Option, Select, textOf } from "./web-awesome.tsx";

/** Pull the plug of a simulated box and watch the page tell the truth. Absent where there is no simulator. */
export function SimulatedTrouble({ box }: { readonly box: BoxId }): VNode | null {
  const known = useAnswer(calls.simulatedBoxes, [box]);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (known.value === null) return null;
  const state = known.value.boxes.find((one) => one.boxId === box);
  if (state === undefined) return null;
  const make = async (call: Promise<Answer<unknown>>) => {
    const answer = await call;
    setProblem(answer.ok ? null : answer.error);
    known.reload();
  };
  const words = t.value.box;
  const chooseFault = (event: Event) => {
    const fault = simulatedFault.safeParse(textOf(event));
    void make(calls.simulateFault(box, fault.success ? fault.data : null));
  };
  return (
    <section class="panel trouble" aria-labelledby="trouble">
      <h2 id="trouble">{words.trouble}</h2>
      <p class="quiet">{words.troubleHint}</p>
      {state.trouble !== "none" && <p>{words.simulatedTrouble[state.trouble]}</p>}
      {problem !== null && <Refusal problem={problem} />}
      <div class="choices">
        <Select label={words.faultToMake} value={state.fault ?? "none"} onChange={chooseFault}>
          <Option value="none">{words.faultNone}</Option>
          {simulatedFault.options.map((one) => (
            <Option key={one} value={one}>
              {words.simulatedFault[one]}
            </Option>
          ))}
        </Select>
        <OnOff
          name={words.network}
          isOn={state.isNetworkUp}
          onSet={(up) => void make(calls.simulateNetwork(box, up))}
        />
        <OnOff
          name={words.power}
          isOn={state.isPowerOn}
          onSet={(on) => void make(calls.simulatePower(box, on))}
        />
      </div>
      <SimulatedRadio />
    </section>
  );
}

function OnOff({
  name,
  isOn,
  onSet,
}: {
  readonly name: string;
  readonly isOn: boolean;
  readonly onSet: (on: boolean) => void;
}): VNode {
  const act = isOn ? t.value.box.turnOff : t.value.box.turnOn;
  return (
    <Button appearance="outlined" variant={isOn ? "neutral" : "success"} onClick={() => onSet(!isOn)}>
      {act}: {name}
    </Button>
  );
}
