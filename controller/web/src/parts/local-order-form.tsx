import type { Capability } from "@loa/shared/device/capability.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import type { Problem } from "../api/http.ts";
import type { BoxDetail } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { go } from "../router.ts";
import { confirmations, isConfirmed } from "../view/emergency-form.ts";
import { Refusal } from "./loaded.tsx";
import { Button, Input, Option, Select, textOf } from "./web-awesome.tsx";

const edges = ["above", "below"] as const;
const plainDays = 365;
const headlineLimit = 200;

export function LocalOrderForm({
  box,
  values,
}: {
  readonly box: BoxId;
  readonly values: BoxDetail["values"];
}): VNode {
  const [headline, setHeadline] = useState("");
  const [signal, setSignal] = useState<Capability | null>(null);
  const [edge, setEdge] = useState<(typeof edges)[number]>("above");
  const [limit, setLimit] = useState("1");
  const [days, setDays] = useState(String(plainDays));
  const [confirm, setConfirm] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = t.value.trust.local;
  const signals = values.map((one) => one.capability);
  const numbers = { limit: Number(limit), days: Number(days) };
  const isWhole =
    headline.trim() !== "" &&
    signal !== null &&
    limit.trim() !== "" &&
    Number.isFinite(numbers.limit) &&
    numbers.days > 0 &&
    isConfirmed("actual", confirm);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!isWhole || signal === null) return;
    const answer = await calls.draftLocalOrder(box, {
      headline: headline.trim(),
      trigger: { capability: signal, edge, limit: numbers.limit },
      from: now.value,
      to: plus(now.value, Math.round(numbers.days * DAY_MS)),
      confirm,
    });
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) go({ page: "draft", id: answer.value.draft.id });
  };
  return (
    <form class="emergency-form actual" onSubmit={(event) => void submit(event)}>
      <Input
        label={t.value.emergency.headline}
        maxlength={headlineLimit}
        value={headline}
        onInput={(event) => setHeadline(textOf(event))}
      />
      <div class="choices">
        <Select
          label={words.contact}
          value={signal ?? ""}
          onChange={(event) => setSignal(signals.find((one) => one === textOf(event)) ?? null)}
        >
          {signals.map((one) => (
            <Option key={one} value={one}>
              {t.value.words.capability[one]}
            </Option>
          ))}
        </Select>
        <Select
          label={words.edge}
          value={edge}
          onChange={(event) => setEdge(edges.find((one) => one === textOf(event)) ?? "above")}
        >
          {edges.map((one) => (
            <Option key={one} value={one}>
              {words.edges[one]}
            </Option>
          ))}
        </Select>
        <Input
          label={words.limit}
          hint={words.limitHint}
          type="number"
          step="any"
          value={limit}
          onInput={(event) => setLimit(textOf(event))}
        />
        <Input
          label={words.days}
          type="number"
          min="1"
          max="366"
          step={1}
          value={days}
          onInput={(event) => setDays(textOf(event))}
        />
      </div>
      <Input
        class="narrow"
        label={t.value.emergency.type(confirmations.actual)}
        autocomplete="off"
        value={confirm}
        onInput={(event) => setConfirm(textOf(event))}
      />
      {problem !== null && <Refusal problem={problem} />}
      <Button type="submit" variant="danger" disabled={!isWhole}>
        {words.send}
      </Button>
    </form>
  );
}
