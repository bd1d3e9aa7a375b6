import type { VNode } from "preact";
import type { BoxRow, Level } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { levels } from "../live/levels.ts";
import { levelNow, soundNow } from "../view/known-now.ts";
import { meterShare } from "../view/plot.ts";

export function LevelMeter({
  row,
  initial,
}: {
  readonly row: BoxRow;
  readonly initial: Level | null;
}): VNode {
  const level = levelNow(row, levels.value.get(row.boxId) ?? initial, now.value);
  const words = t.value.box;
  const without = soundNow(row) === "unknown" ? words.levelUnknown : words.levelNone;
  const said =
    level === null
      ? without
      : words.levelValue(sayNumber(t.value, level.rms), sayNumber(t.value, level.peak));
  const rms = level === null ? 0 : meterShare(level.rms);
  const peak = level === null ? 0 : meterShare(level.peak);
  return (
    <div class="level">
      <span aria-hidden="true">{words.level}</span>
      <svg
        class="meter"
        role="img"
        aria-label={`${words.level}: ${said}`}
        viewBox="0 0 600 24"
        preserveAspectRatio="none"
      >
        <rect class="meter-track" width="600" height="24" rx="3" />
        <rect class="meter-rms" width={rms * 600} height="24" rx="3" />
        {level !== null && <rect class="meter-peak" x={Math.min(596, peak * 600)} width="4" height="24" />}
      </svg>
      <span class="level-text" aria-hidden="true">
        {said}
      </span>
    </div>
  );
}
