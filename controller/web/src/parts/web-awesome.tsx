import "@awesome.me/webawesome/dist/styles/themes/default.css";
import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/callout/callout.js";
import "@awesome.me/webawesome/dist/components/checkbox/checkbox.js";
import "@awesome.me/webawesome/dist/components/details/details.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import "@awesome.me/webawesome/dist/components/radio/radio.js";
import "@awesome.me/webawesome/dist/components/radio-group/radio-group.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import "@awesome.me/webawesome/dist/components/spinner/spinner.js";
import "@awesome.me/webawesome/dist/components/textarea/textarea.js";
import "@awesome.me/webawesome/dist/components/tree/tree.js";
import "@awesome.me/webawesome/dist/components/tree-item/tree-item.js";
import { registerIconLibrary } from "@awesome.me/webawesome/dist/components/icon/library.js";
import { registerTranslation } from "@awesome.me/webawesome/dist/utilities/localize.js";
import { type ComponentChildren, h, type Ref, type VNode } from "preact";
import { componentWordsVi } from "../i18n/component-words-vi.ts";

/** The elements of Web Awesome that we use, with the attributes that we use: the one door to that library. */

interface Shared {
  readonly id?: string;
  readonly class?: string;
  readonly slot?: string;
  readonly title?: string;
  readonly children?: ComponentChildren;
  readonly ref?: Ref<HTMLElement>;
  readonly onClick?: (event: Event) => void;
  readonly "aria-label"?: string | undefined;
  readonly "aria-describedby"?: string | undefined;
  readonly "data-key"?: string;
}

export type Variant = "neutral" | "brand" | "success" | "warning" | "danger";
type Appearance = "accent" | "filled" | "outlined" | "filled-outlined" | "plain";
type Size = "s" | "m" | "l";

interface Control extends Shared {
  readonly label: string;
  readonly hint?: string;
  readonly name?: string;
  readonly disabled?: boolean;
  readonly required?: boolean;
  readonly size?: Size;
  readonly onInput?: (event: Event) => void;
  readonly onChange?: (event: Event) => void;
}

function element<Props extends object>(tag: string): (props: Props & Shared) => VNode {
  return (props) => h(tag, { ...props });
}

export const Button = element<{
  readonly variant?: Variant;
  readonly appearance?: Appearance;
  readonly size?: Size;
  readonly type?: "button" | "submit";
  readonly href?: string;
  readonly disabled?: boolean;
  readonly loading?: boolean;
}>("wa-button");

export const Callout = element<{ readonly variant?: Variant; readonly role?: "alert" | "status" }>(
  "wa-callout",
);

export const Checkbox = element<{
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly onChange?: (event: Event) => void;
}>("wa-checkbox");

export const Details = element<{
  readonly summary?: string;
  readonly open?: boolean;
  readonly "onwa-show"?: () => void;
}>("wa-details");

export const Dialog = element<{
  readonly label: string;
  readonly open: boolean;
  readonly "onwa-after-hide"?: (event: Event) => void;
}>("wa-dialog");

export const Icon = element<{ readonly name: IconName; readonly label?: string }>("wa-icon");

export const Input = element<
  Control & {
    readonly type?: "text" | "password" | "search" | "number" | "date" | "time" | "datetime-local";
    readonly value?: string;
    readonly autocomplete?: string;
    readonly autofocus?: boolean;
    readonly placeholder?: string;
    readonly min?: string;
    readonly max?: string;
    readonly step?: number | "any";
    readonly maxlength?: number;
    readonly withClear?: boolean;
    readonly passwordToggle?: boolean;
  }
>("wa-input");

export const Option = element<{ readonly value: string; readonly disabled?: boolean }>("wa-option");
export const ProgressBar = element<{ readonly value: number; readonly label: string }>("wa-progress-bar");
export const Radio = element<{ readonly value: string; readonly appearance?: "default" | "button" }>(
  "wa-radio",
);
export const RadioGroup = element<
  Control & { readonly value: string; readonly orientation?: "horizontal" | "vertical" }
>("wa-radio-group");
export const Select = element<Control & { readonly value: string }>("wa-select");
export const Spinner = element<object>("wa-spinner");
export const Textarea = element<
  Control & {
    readonly value: string;
    readonly rows: number;
    /** `auto`: it grows with its text. */
    readonly resize: "auto" | "none";
  }
>("wa-textarea");

export const Tree = element<{
  readonly selection: "single" | "multiple";
  readonly "onwa-selection-change"?: (event: Event) => void;
}>("wa-tree");

export const TreeItem = element<{ readonly expanded?: boolean; readonly selected?: boolean }>("wa-tree-item");

/** Text of the form control that an event came from. */
export function textOf(event: Event): string {
  const target: unknown = event.target;
  const value = typeof target === "object" && target !== null && "value" in target ? target.value : "";
  return typeof value === "string" ? value : String(value ?? "");
}

export function isChecked(event: Event): boolean {
  const target: unknown = event.target;
  return typeof target === "object" && target !== null && "checked" in target && target.checked === true;
}

/** The `data-key` of every tree item that a selection event names. */
export function selectedKeys(event: Event): readonly string[] {
  const detail: unknown = "detail" in event ? event.detail : null;
  if (typeof detail !== "object" || detail === null || !("selection" in detail)) return [];
  const { selection } = detail;
  if (!Array.isArray(selection)) return [];
  return selection.flatMap((item: unknown) => {
    const key = item instanceof HTMLElement ? item.getAttribute("data-key") : null;
    return key === null ? [] : [key];
  });
}

/** Symbols of `styles/icons.svg`; the library's own names (chevrons, check, xmark …) are among them. */
export type IconName =
  | "alert"
  | "check"
  | "chevron-down"
  | "chevron-up"
  | "clock"
  | "cross"
  | "drill"
  | "fault"
  | "help"
  | "link"
  | "link-off"
  | "loudspeaker"
  | "moon"
  | "play"
  | "sign-out"
  | "stop"
  | "sun"
  | "upload"
  | "wave";

/**
 * One file of our own server: nothing from elsewhere, no data: URLs. Built under a name by its content, which a browser
 * keeps: a picture that is first wanted when the server is gone is there.
 */
const sprite = new URL("../styles/icons.svg", import.meta.url).href;

for (const library of ["default", "system"]) {
  registerIconLibrary(library, {
    resolver: (name) => `${sprite}#${name}`,
    // A picture out of a sprite has no size of its own and would stand 300 px wide.
    mutator: (svg) => {
      svg.setAttribute("width", "1em");
      svg.setAttribute("height", "1em");
    },
    spriteSheet: true,
  });
}
registerTranslation(componentWordsVi);
