/** Tone marks only: the circumflex, breve and horn make other letters and stay. */
const tones = /[\u0300\u0301\u0303\u0309\u0323]/g;

const onset = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)";
const nucleus = "[aăâeêioôơuưy]{1,3}";
// With k: Đắk Lắk.
const coda = "(?:ch|ng|nh|[ckmnpt])";
const shape = new RegExp(`^${onset}?${nucleus}${coda}?$`, "u");

/** Whether it could be a syllable of Vietnamese by its letters; the voice reads anything else by luck. */
export function mayBeSyllable(word: string): boolean {
  return shape.test(withoutTones(word));
}

function withoutTones(word: string): string {
  return word.toLocaleLowerCase("vi").normalize("NFD").replace(tones, "").normalize("NFC");
}
