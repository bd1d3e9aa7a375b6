import type { Page } from "playwright-core";

/**
 * What a person with a screen reader, a keyboard or weak eyes would stumble over, in words; empty when nothing.
 * A small part of WCAG 2.2 AA: language, one h1, one main, names of controls and pictures, unique ids, contrast (1.4.3).
 */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  return [...(await page.evaluate(structureBarriers)), ...(await page.evaluate(contrastBarriers))];
}

/** Runs in the page, so it stands on its own. */
function structureBarriers(): string[] {
  const found: string[] = [];
  const all = [...document.querySelectorAll("*")];
  if (!["vi", "en"].includes(document.documentElement.lang)) found.push("no language");
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) found.push(`${headings} h1`);
  const mains = document.querySelectorAll("main").length;
  if (mains !== 1) found.push(`${mains} main`);
  const ids = all.map((one) => one.id).filter((id) => id !== "");
  for (const id of new Set(ids)) {
    if (ids.filter((other) => other === id).length > 1) found.push(`id twice: ${id}`);
  }
  const isNamed = (one: Element): boolean => {
    const label = "label" in one ? String(one.label ?? "") : "";
    const labels = one instanceof HTMLInputElement ? (one.labels?.length ?? 0) : 0;
    const aria = one.getAttribute("aria-label") ?? "";
    const named = one.getAttribute("aria-labelledby") ?? "";
    return [label, aria, named].some((text) => text.trim() !== "") || labels > 0;
  };
  const controls =
    "input, select, textarea, audio, wa-input, wa-select, wa-radio-group, wa-dialog, wa-tree, nav";
  for (const one of document.querySelectorAll(controls)) {
    if (!isNamed(one)) found.push(`no name: ${one.outerHTML.slice(0, 80)}`);
  }
  for (const one of document.querySelectorAll("button, wa-button, wa-checkbox, wa-radio, a, summary")) {
    const icon = one.querySelector("wa-icon[aria-label]");
    if ((one.textContent ?? "").trim() === "" && icon === null && !isNamed(one)) {
      found.push(`no text: ${one.outerHTML.slice(0, 80)}`);
    }
  }
  for (const one of document.querySelectorAll("img:not([alt]), svg[role=img]:not([aria-label])")) {
    found.push(`no alternative: ${one.outerHTML.slice(0, 80)}`);
  }
  return found;
}

/** Runs in the page. Text against the nearest opaque ground behind it, through shadow roots. */
function contrastBarriers(): string[] {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (canvas === null) return ["no canvas"];
  /** Any CSS colour as red, green, blue and alpha, 0 to 255. */
  const pixel = (color: string): readonly number[] => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = pixel(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const above = (one: Element): Element | null => {
    if (one.assignedSlot !== null) return one.assignedSlot;
    if (one.parentElement !== null) return one.parentElement;
    const root = one.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };
  const groundOf = (from: Element): string => {
    for (let one: Element | null = from; one !== null; one = above(one)) {
      const { backgroundColor } = getComputedStyle(one);
      if ((pixel(backgroundColor)[3] ?? 0) === 255) return backgroundColor;
    }
    return "white";
  };
  const isSpared = (from: Element): boolean => {
    for (let one: Element | null = from; one !== null; one = above(one)) {
      const { opacity } = getComputedStyle(one);
      // Disabled controls need no contrast (1.4.3); what is clipped away is for screen readers.
      if (one.hasAttribute("disabled") || Number(opacity) < 1 || one.clientWidth === 1) return true;
    }
    return false;
  };
  const check = (one: Element): string[] => {
    const text = [...one.childNodes].find(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "",
    );
    if (text === undefined || !one.checkVisibility({ visibilityProperty: true }) || isSpared(one)) return [];
    const style = getComputedStyle(one);
    const lights = [luminance(style.color), luminance(groundOf(one))].sort((a, b) => b - a);
    const ratio = ((lights[0] ?? 0) + 0.05) / ((lights[1] ?? 0) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return ratio >= (isLarge ? 3 : 4.5) ? [] : [`contrast ${ratio.toFixed(2)}: ${text.textContent?.trim()}`];
  };
  const walk = (root: Document | ShadowRoot): string[] =>
    [...root.querySelectorAll("body *, :host *, *")].flatMap((one) => [
      ...check(one),
      ...(one.shadowRoot === null ? [] : walk(one.shadowRoot)),
    ]);
  return [...new Set(walk(document))];
}
