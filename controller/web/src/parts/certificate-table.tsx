import type { VNode } from "preact";
import type { CertificateState, ShownCertificate } from "../api/trust-calls.ts";
import { t } from "../i18n/language.ts";
import { sayDay } from "../i18n/say.ts";
import { linkTo } from "../router.ts";
import { Empty } from "./loaded.tsx";
import { Mark, type Tone } from "./mark.tsx";
import type { IconName } from "./web-awesome.tsx";

const looks: Readonly<Record<CertificateState, readonly [Tone, IconName]>> = {
  valid: ["good", "check"],
  expiring: ["warn", "clock"],
  expired: ["bad", "cross"],
  revoked: ["bad", "stop"],
};
/** What needs somebody first. */
const order: readonly CertificateState[] = ["expired", "expiring", "revoked", "valid"];

export function CertificateTable({
  certificates,
}: {
  readonly certificates: readonly ShownCertificate[];
}): VNode {
  const words = t.value.trust.security;
  if (certificates.length === 0) return <Empty>{words.noCertificates}</Empty>;
  const sorted = certificates.toSorted(
    (a, b) =>
      Number(b.cloned !== null) - Number(a.cloned !== null) ||
      order.indexOf(a.state) - order.indexOf(b.state) ||
      a.notAfter - b.notAfter,
  );
  return (
    <div class="scroll-x">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.subject}</th>
            <th scope="col">{words.until}</th>
            <th scope="col">{words.key}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((one) => (
            <tr key={one.serial}>
              <th scope="row">
                <Subject certificate={one} />
                {one.cloned !== null && <Mark tone="bad" icon="alert" text={words.cloned} />}
              </th>
              <td>
                <Mark
                  tone={looks[one.state][0]}
                  icon={looks[one.state][1]}
                  text={`${words.certificateState[one.state]}, ${sayDay(one.notAfter)}`}
                />
              </td>
              <td>
                <code>{one.serial}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Subject({ certificate }: { readonly certificate: ShownCertificate }): VNode {
  const { kind, names, boxId, clusterName } = certificate;
  const words = t.value.trust.security;
  if (boxId !== null) return <a href={linkTo({ page: "box", id: boxId })}>{clusterName ?? boxId}</a>;
  return <span>{kind === "authority" ? words.authority : words.server(names.join(", "))}</span>;
}
