import type { VNode } from "preact";
import type { Severity } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";
import { Icon } from "./web-awesome.tsx";

/** Actual and exercise differ in word, colour, shape and icon. */
export function SeverityMark({ severity }: { readonly severity: Severity }): VNode {
  return (
    <span class={`severity severity-${severity}`}>
      <Icon name={severity === "actual" ? "alert" : "drill"} />
      <span>{t.value.emergency.severity[severity]}</span>
    </span>
  );
}
