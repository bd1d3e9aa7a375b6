import type { VNode } from "preact";
import type { Schedule } from "../api/shapes.ts";
import * as calls from "../api/sound-calls.ts";
import { useAnswer } from "./loaded.tsx";
import { SpokenText } from "./spoken-text.tsx";

/** The typed texts of a schedule, as they are read aloud: nobody confirms one unread. */
export function ScheduleWords({ schedule }: { readonly schedule: Schedule }): VNode {
  const programmes = useAnswer(calls.programmes, []).value?.programmes ?? [];
  const bulletins = useAnswer(calls.bulletins, []).value?.bulletins ?? [];
  const items = programmes.find((one) => one.id === schedule.programmeId)?.items ?? [];
  const said = items.flatMap((item) =>
    "bulletin" in item ? bulletins.filter((one) => one.id === item.bulletin) : [],
  );
  return (
    <>
      {said.map(({ id, title, spoken }) =>
        spoken === null ? null : <SpokenText key={id} title={title} text={spoken} />,
      )}
    </>
  );
}
