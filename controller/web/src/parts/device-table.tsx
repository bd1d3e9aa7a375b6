import type { VNode } from "preact";
import type { Device } from "../api/cabinet-shapes.ts";
import { t } from "../i18n/language.ts";
import { Ago } from "./instant.tsx";
import { Empty } from "./loaded.tsx";
import { DeviceMark } from "./mark.tsx";

/** What hangs in the cabinet, and why it cannot be used. */
export function DeviceTable({ devices }: { readonly devices: readonly Device[] }): VNode {
  const words = t.value.cabinet;
  const [first] = devices;
  return (
    <section aria-labelledby="devices">
      <h2 id="devices">{words.devices}</h2>
      {first === undefined ? (
        <Empty>{words.devicesNone}</Empty>
      ) : (
        <Ago of={first.toldAt} say={words.toldAgo} />
      )}
      <ul class="plain devices">
        {devices.map((one) => (
          <li key={one.alias}>
            <div>
              <strong>{one.alias}</strong>
              <span class="quiet">{one.profile}</span>
            </div>
            <div>
              <DeviceMark state={one.state} />
              {one.cause !== null && <span class="lacks">{t.value.words.deviceFailure[one.cause]}</span>}
              {one.since !== null && <Ago of={one.since} say={t.value.state.since} />}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
