import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Answer, Problem } from "../api/http.ts";
import { type SimulatedFault, simulatedFault } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { Refusal, useAnswer } from "./loaded.tsx";
import { SimulatedRadio } from "./simulated-radio.tsx";
import { Button, Checkbox, isChecked } from "./web-awesome.tsx";

/** Pull the plug of a simulated box and watch the page tell the truth. Absent where there is no simulator. */
export function SimulatedTrouble({ box }: { readonly box: BoxId }): VNode | null {
  const known = useAnswer(calls.simulatedBoxes, [box]);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** As it was clicked last: the answer of the simulator is behind a quick hand. */
  const [wanted, setWanted] = useState<readonly SimulatedFault[] | null>(null);
  if (known.value === null) return null;
  const state = known.value.boxes.find((one) => one.boxId === box);
  if (state === undefined) return null;
  const make = async (call: Promise<Answer<unknown>>) => {
    const answer = await call;
    setProblem(answer.ok ? null : answer.error);
    if (!answer.ok) setWanted(null);
    known.reload();
  };
  const words = t.value.box;
  const chooseFaults = (faults: readonly SimulatedFault[]) => {
    setWanted(faults);
    void make(calls.simulateFaults(box, faults));
  };
  return (
    <section class="panel trouble" aria-labelledby="trouble">
      <h2 id="trouble">{words.trouble}</h2>
      <p class="quiet">{words.troubleHint}</p>
      {state.trouble !== "none" && <p>{words.simulatedTrouble[state.trouble]}</p>}
      {problem !== null && <Refusal problem={problem} />}
      <Faults chosen={wanted ?? state.faults} onChange={chooseFaults} />
      <div class="choices">
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

function Faults({
  chosen,
  onChange,
}: {
  readonly chosen: readonly SimulatedFault[];
  readonly onChange: (faults: readonly SimulatedFault[]) => void;
}): VNode {
  const set = (fault: SimulatedFault, isOn: boolean) =>
    onChange(simulatedFault.options.filter((one) => (one === fault ? isOn : chosen.includes(one))));
  return (
    <fieldset class="check-row">
      <legend>{t.value.box.faultsToMake}</legend>
      {simulatedFault.options.map((one) => (
        <Checkbox key={one} checked={chosen.includes(one)} onChange={(event) => set(one, isChecked(event))}>
          {t.value.box.simulatedFault[one]}
        </Checkbox>
      ))}
    </fieldset>
  );
}
