import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { linkTo } from "../router.ts";
import { authorOf } from "../view/draft-author.ts";
import { useAnswer } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { SeverityMark } from "./severity-mark.tsx";

const ASK_EVERY_MS = 3_000;

/** What waits for approval, for everybody who may see it: somebody else's button may be the one that is missing. */
export function DraftList(): VNode | null {
  const answer = useAnswer(calls.drafts, []);
  useEffect(() => {
    const timer = setInterval(answer.reload, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [answer.reload]);
  const open = (answer.value?.drafts ?? []).filter((one) => one.standing === "open");
  if (open.length === 0) return null;
  const words = t.value.trust.draft;
  return (
    <section aria-labelledby="drafts">
      <h2 id="drafts">{words.waiting}</h2>
      <ul class="plain emergency-list">
        {open.map((one) => (
          <li key={one.id} class={`panel emergency-item ${one.severity}`}>
            <SeverityMark severity={one.severity} />
            <h3>
              <a href={linkTo({ page: "draft", id: one.id })}>{one.headline}</a>
            </h3>
            <Mark tone="warn" icon="clock" text={words.progress(one.approvals.length, one.needed ?? 0)} />
            <p class="quiet">
              {one.areaNames.join(", ")} ·{" "}
              {words.author(authorOf(one), sayWhen(t.value, one.draftedAt, now.value))}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
