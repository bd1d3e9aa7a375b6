/** Enumerations of the data dictionary, OASIS CAP 1.2, sections 3.2.1 to 3.2.4. */

export const CAP_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2";
export const SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#";

export const capStatus = ["Actual", "Exercise", "System", "Test", "Draft"] as const;
export const capMsgType = ["Alert", "Update", "Cancel", "Ack", "Error"] as const;
export const capScope = ["Public", "Restricted", "Private"] as const;
export const capCategory = [
  "Geo",
  "Met",
  "Safety",
  "Security",
  "Rescue",
  "Fire",
  "Health",
  "Env",
  "Transport",
  "Infra",
  "CBRNE",
  "Other",
] as const;
export const capResponseType = [
  "Shelter",
  "Evacuate",
  "Prepare",
  "Execute",
  "Avoid",
  "Monitor",
  "Assess",
  "AllClear",
  "None",
] as const;
export const capUrgency = ["Immediate", "Expected", "Future", "Past", "Unknown"] as const;
export const capSeverity = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"] as const;
export const capCertainty = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"] as const;
