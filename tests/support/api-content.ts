import type { Person } from "./api-world.ts";

/** Daily at 17:30 local time, from the day on which the tests begin. */
export const daily = {
  times: ["17:30:00"],
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  from: "2026-11-23",
  to: null,
  except: [],
  repeat: null,
};

export async function upload(person: Person, text = "sound of 60 s"): Promise<string> {
  const answer = await person.send("POST", "/api/v1/clips?fileName=tin.mp3", new TextEncoder().encode(text), {
    "content-type": "audio/mpeg",
  });
  if (answer.status !== 201) throw new Error(`upload: ${await answer.text()}`);
  return (await answer.json()).clip.sha256;
}

/** The quick form, changed as told. */
export function draftOf(clip: string, changed: object = {}): object {
  return {
    title: "Bản tin chiều",
    clip,
    class: "normal",
    field: "local-programmes",
    areas: ["an"],
    recurrence: daily,
    ...changed,
  };
}

export async function schedule(person: Person, changed: object = {}, clip?: string): Promise<string> {
  const answer = await person.post("/api/v1/schedules", draftOf(clip ?? (await upload(person)), changed));
  if (answer.status !== 201) throw new Error(`schedule: ${await answer.text()}`);
  return (await answer.json()).schedule.id;
}
