import type { enrolVi } from "./enrol-vi.ts";

/** What the page says of boxes that come and go, in English. */
export const enrolEn: typeof enrolVi = {
  panel: "Enrol and replace the box",
  panelHint:
    "A new box gets its identity by a claim code, which works once within 72 hours. When the new one has enrolled, the box in service here is revoked at once.",
  makeCode: "Make a claim code",
  makeAnother: "Make another one",
  code: "Claim code",
  codeHint: "The code is shown this once. An earlier one of this cluster that nobody used is void.",
  until: (when: string) => `Good until ${when}`,
  qr: "Claim code as QR",
  revoke: "Revoke the box",
  revokeTitle: "Revoke this box?",
  revokeExplain:
    "It is cut off at once and cannot come back: this cluster stays silent until a new box has enrolled. For a box that was lost, stolen or copied.",
  revoked: "This box was revoked.",
  cloned:
    "Two machines use the identity of this box: its card may have been copied. Go and look, then replace it by a new claim code, or confirm that there is only one.",
  onlyOne: "There is only one",
  onlyOneTitle: "Confirm that there is only one?",
  onlyOneExplain: "Only after somebody has been there and seen the box. It is written into the record.",
};
