import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import * as calls from "../api/draft-calls.ts";
import type { BoxDetail } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { standing } from "../live/session.ts";
import { linkTo } from "../router.ts";
import { AtBoxMark } from "./at-box-mark.tsx";
import { sayTrigger } from "./draft-facts.tsx";
import { Empty, Loaded, useAnswer } from "./loaded.tsx";
import { LocalOrderForm } from "./local-order-form.tsx";
import { Mark } from "./mark.tsx";

/** What a key switch or a sensor of this box may start, without any network. */
export function LocalOrders({
  box,
  values,
}: {
  readonly box: BoxId;
  readonly values: BoxDetail["values"];
}): VNode {
  const words = t.value.trust.local;
  const answer = useAnswer(() => calls.localOrders(box), [box]);
  return (
    <section aria-labelledby="local-orders">
      <h2 id="local-orders">{words.title}</h2>
      <p class="quiet">{words.explain}</p>
      <Loaded from={answer}>
        {({ drafts }) =>
          drafts.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <ul class="plain draft-facts">
              {drafts.map((one) => (
                <li key={one.id}>
                  <a href={linkTo({ page: "draft", id: one.id })}>{one.headline}</a>
                  {one.atBox === null ? (
                    <Mark tone="quiet" icon="clock" text={t.value.trust.draft.standing[one.standing]} />
                  ) : (
                    <AtBoxMark atBox={one.atBox} />
                  )}
                  {one.trigger !== null && <span class="quiet">{sayTrigger(one.trigger)}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {mayDraft() && (
        <details>
          <summary>{words.add}</summary>
          <LocalOrderForm box={box} values={values} />
        </details>
      )}
    </section>
  );
}

/** The controller decides; this spares people who may not a form that ends with a refusal. */
function mayDraft(): boolean {
  const at = standing.value;
  return (
    at.kind === "in" && at.session.grants.some(({ role }) => role === "approver" || role === "area-admin")
  );
}
