import { capability } from "@loa/shared/device/capability.ts";
import type { VNode } from "preact";
import type { Measured, RaisedFault } from "../api/cabinet-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayCapability, sayValue } from "../i18n/say.ts";
import { whyWithoutValue } from "../view/without-value.ts";
import { AgeText } from "./instant.tsx";
import { Empty } from "./loaded.tsx";

/** As the list of capabilities stands: what the amplifier does first, then power and cabinet. */
function inOurOrder(values: readonly Measured[]): readonly Measured[] {
  const order = capability.options;
  return [...values].sort((a, b) => order.indexOf(a.capability) - order.indexOf(b.capability));
}

export function ValueTable({
  values,
  faults,
}: {
  readonly values: readonly Measured[];
  readonly faults: readonly RaisedFault[];
}): VNode {
  const words = t.value.box;
  return (
    <section aria-labelledby="values">
      <h2 id="values">{words.values}</h2>
      {values.length === 0 ? (
        <Empty>{words.valuesNone}</Empty>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{words.values}</th>
              <th scope="col">{words.value}</th>
              <th scope="col">{words.age}</th>
            </tr>
          </thead>
          <tbody>
            {inOurOrder(values).map((one) => (
              <tr key={one.capability} class={one.quality === "stale" ? "is-old" : ""}>
                <th scope="row">{sayCapability(t.value, one.capability)}</th>
                <ValueCell one={one} faults={faults} />
                <td>
                  <AgeText at={one.at} />
                  {one.quality === "stale" && ` (${t.value.state.stale})`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function ValueCell({
  one,
  faults,
}: {
  readonly one: Measured;
  readonly faults: readonly RaisedFault[];
}): VNode {
  const why = whyWithoutValue(one, faults);
  if (why === "not-measured") return <td class="quiet">{t.value.box.notMeasured}</td>;
  return (
    <td class={why === "unreadable" ? "invalid" : "number"}>{sayValue(t.value, one.value, one.unit)}</td>
  );
}
