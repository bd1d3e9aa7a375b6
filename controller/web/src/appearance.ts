import { signal } from "@preact/signals";

export type Appearance = "light" | "dark";

const storageKey = "loa.appearance";
const system = matchMedia("(prefers-color-scheme: dark)");

/** As the system wants it, until the person chooses. */
export const appearance = signal<Appearance>(stored() ?? (system.matches ? "dark" : "light"));

export function startAppearance(): void {
  apply(appearance.value);
  system.addEventListener("change", () => {
    if (stored() === null) apply(system.matches ? "dark" : "light");
  });
}

export function switchAppearance(): void {
  const next = appearance.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // A browser that stores nothing only forgets the choice.
  }
  apply(next);
}

function apply(next: Appearance): void {
  appearance.value = next;
  document.documentElement.classList.toggle("wa-dark", next === "dark");
  document.documentElement.classList.toggle("wa-light", next === "light");
}

function stored(): Appearance | null {
  try {
    const text = localStorage.getItem(storageKey);
    return text === "dark" || text === "light" ? text : null;
  } catch {
    return null;
  }
}
