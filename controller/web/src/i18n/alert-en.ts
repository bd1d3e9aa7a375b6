import type { alertVi } from "./alert-vi.ts";

/** What the page says of alerts that others sent, in English. */
export const alertEn: typeof alertVi = {
  title: "Alerts received",
  hint: "From the weather service, disaster prevention and others. Their words are never spoken; only what a standing approval covers goes out by itself.",
  none: "No alert waits to be looked at.",
  status: {
    Actual: "Real situation",
    Exercise: "Exercise",
    System: "Technical message",
    Test: "Line test",
    Draft: "Draft",
  },
  severity: {
    Extreme: "Extreme",
    Severe: "Severe",
    Moderate: "Moderate",
    Minor: "Minor",
    Unknown: "Severity unknown",
  },
  from: (sender, when) => `From ${sender}, sent ${when}`,
  broughtBy: (person) => `Brought by ${person}, not confirmed by the sender`,
  signature: {
    good: "Signed by the sender",
    unchecked: "Signed, but nobody has told the certificate",
    none: "Not signed",
  },
  until: (when) => `Holds until ${when}`,
  noEnd: "Does not say until when it holds",
  where: (names) => `Our areas: ${names}`,
  nowhere: (names) => `Matches none of our areas. The sender says: ${names}`,
  use: "Prepare an announcement from this alert",
  toDraft: "It became a draft: look and approve",
  using: "Headline, areas and duration stand in the form below. Choose yourself whether it is real.",
  dismiss: "Put aside",
  dismissTitle: "Put this alert aside?",
  dismissExplain: "It will not be shown here any more. This is written into the record.",
};
