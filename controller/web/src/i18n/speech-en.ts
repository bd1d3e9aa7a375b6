import type { speechVi } from "./speech-vi.ts";

/** What the page says of typed messages that a machine reads aloud, in English. */
export const speechEn: typeof speechVi = {
  text: "Text to be read aloud",
  textHint: "Write as in a letter, in Vietnamese: numbers, dates and abbreviations are read out in words.",
  count: (chars: string, limit: string) => `${chars}/${limit} characters`,
  tooLong: (over: string) => `${over} characters too long: shorten it, or record it.`,
  dialect: "Voice",
  dialects: { north: "North", central: "Centre", south: "South" },
  pace: "Pace",
  paces: { slow: "Slow", usual: "Usual", quick: "Quick" },
  willSay: "The machine will say",
  says: "What this sound says",
  nothingYet: "Type a text to see how it will be read.",
  notices: {
    spelled: (list: string) => `Spelled letter by letter: ${list}. Write it in full if that is not meant.`,
    "left-out": (list: string) => `Not said: ${list}.`,
    foreign: (list: string) => `Not Vietnamese, maybe misread: ${list}. Listen to it first.`,
  },
  listen: "Listen",
  preview: "Preview",
  use: "Use this reading",
  used: "The reading is ready",
  changed: "The text has changed: press “Use this reading” once more.",
  machine: "A machine's voice (eSpeak NG), no person.",
};
