/** Cannot be seen: zero-width spaces and joiners, marks of direction and order, soft hyphens. */
const unseen =
  /[\u200b-\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]|\ufe0e|\ufe0f/gu;
const control = /[\p{Cc}\p{Cs}]/gu;
const bullet = /^\s*[-–—*+•·◦▪●■➢✓✔]+\s+/u;
const listed = /^\s*(\d{1,2}|\p{L})[.)]\s+/u;
const isEnded = /[.!?:;,…]["»”)]*$/u;

/** One way of writing everything that looks alike; each line ends like a sentence. */
export function plainWriting(written: string): string {
  const text = written
    .normalize("NFC")
    .replace(/\r\n?|[\u2028\u2029]/gu, "\n")
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/gu, " ")
    .replace(unseen, "")
    // Copied from where lines were broken by their width.
    .replace(/[ ]*\n[ ]*(?=\p{Ll}(?![.)]))/gu, " ")
    .split("\n")
    .map((line) => lineOf(line.replace(control, "")))
    .filter((line) => line !== "");
  return text.join("\n");
}

function lineOf(line: string): string {
  const plain = line.replace(bullet, "").replace(listed, "$1, ").trim();
  return plain === "" || isEnded.test(plain) ? plain : `${plain}.`;
}
