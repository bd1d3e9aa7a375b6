import type { VNode } from "preact";
import type { Draft } from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { Mark, type Tone } from "./mark.tsx";
import type { IconName } from "./web-awesome.tsx";

type AtBox = NonNullable<Draft["atBox"]>;

const looks: Readonly<Record<AtBox["state"], readonly [Tone, IconName]>> = {
  "on-its-way": ["quiet", "clock"],
  held: ["good", "check"],
  refused: ["bad", "cross"],
  "not-sent": ["bad", "cross"],
};

/** Whether a message that was approved for a box is really there. */
export function AtBoxMark({ atBox: { state, reason } }: { readonly atBox: AtBox }): VNode {
  const words = t.value.trust.local;
  const [tone, icon] = looks[state];
  const why = reason === null ? "" : (words.reasons[reason] ?? reason);
  return (
    <Mark
      tone={tone}
      icon={icon}
      text={state === "refused" ? words.atBox.refused(why) : words.atBox[state]}
    />
  );
}
