import { computed, signal } from "@preact/signals";
import { en } from "./en.ts";
import { type Texts, vi } from "./vi.ts";

export type Language = "vi" | "en";

const texts: Readonly<Record<Language, Texts>> = { vi, en };
const storageKey = "loa.language";

/** Vietnamese unless this browser chose English before. */
export const language = signal<Language>(readStored());

export const t = computed<Texts>(() => texts[language.value]);

export function switchLanguage(): void {
  language.value = language.value === "vi" ? "en" : "vi";
  document.documentElement.lang = language.value;
  try {
    localStorage.setItem(storageKey, language.value);
  } catch {
    // A browser that stores nothing only forgets the choice.
  }
}

function readStored(): Language {
  try {
    return localStorage.getItem(storageKey) === "en" ? "en" : "vi";
  } catch {
    return "vi";
  }
}
