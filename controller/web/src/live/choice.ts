import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { signal } from "@preact/signals";

/** The area that the operator looks at; null: everything that is theirs. */
export const chosenArea = signal<AreaId | null>(null);
