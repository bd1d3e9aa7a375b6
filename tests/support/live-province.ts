import { type Province, type ProvinceOptions, startProvince } from "@loa/simulator/live/province.ts";
import { createOperator, type Operator } from "@loa/simulator/operator.ts";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { createLogBook } from "./log-book.ts";
import { testFolder } from "./temp-folder.ts";

/** A small province without troubles and without demo, on free ports, that ends with the test. */
export async function liveProvince(
  options: Partial<ProvinceOptions> = {},
): Promise<{ readonly province: Province; readonly operator: Operator }> {
  const province = await startProvince({
    dataFolder: await testFolder(),
    httpPort: 0,
    mqttPort: 0,
    boxes: 3,
    seed: 1,
    hasTroubles: false,
    hasDemo: false,
    boxesPerProcess: 3,
    builds: "nothing",
    log: createLogBook(),
    logLevel: "error",
    ...options,
  });
  onTestFinished(() => province.close());
  const operator = createOperator(province.url, (request) => fetch(request));
  await operator.signIn(province.user, province.password);
  return { province, operator };
}

const boxRow = z.object({
  boxId: z.string(),
  presence: z.object({ state: z.string() }),
  readiness: z.object({ state: z.string(), lacks: z.array(z.string()) }),
  faults: z.array(z.object({ kind: z.string() })),
  wantedRevision: z.number(),
  appliedRevision: z.number(),
  onAir: z.object({ occurrenceId: z.string() }).nullable(),
  lastReceipt: z.object({ verdict: z.string(), cause: z.string().nullable() }).nullable(),
});
export type ShownBox = z.infer<typeof boxRow>;
const boxesAnswer = z.object({ boxes: z.array(boxRow) });

const LOOK_EVERY_MS = 250;

/** Looks at the page's own list until it shows what is waited for; throws with what it showed last. */
export async function shownBoxes(
  operator: Operator,
  isShown: (boxes: readonly ShownBox[]) => boolean,
  limitMs: number,
): Promise<readonly ShownBox[]> {
  const until = performance.now() + limitMs;
  for (;;) {
    const { boxes } = await operator.do("GET", "/api/v1/boxes", boxesAnswer);
    if (isShown(boxes)) return boxes;
    if (performance.now() > until)
      throw new Error(`not shown within ${limitMs} ms: ${JSON.stringify(boxes)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
