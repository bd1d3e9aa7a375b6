import { t } from "../i18n/language.ts";

/** A draft that came of an alert has no person as its author. */
const ALERT_AUTHOR = "cap";

export function authorOf({
  author,
}: {
  readonly author: { readonly id: string; readonly name: string };
}): string {
  return author.id === ALERT_AUTHOR ? t.value.trust.draft.alertAuthor : author.name;
}
