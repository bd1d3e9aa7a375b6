import type { Emergency } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";

/** Where one in force was stopped. Nothing where that is nowhere, or everywhere: then its standing says it. */
export function stoppedWords({
  standing,
  stoppedAreaNames,
}: Pick<Emergency, "standing" | "stoppedAreaNames">): readonly string[] {
  if (standing === "stopped" || stoppedAreaNames.length === 0) return [];
  return [t.value.emergency.stoppedIn(stoppedAreaNames.join(", "))];
}
