import { found, type Reader, sticky } from "../place.ts";

const links = [
  // The last mark belongs to the sentence.
  sticky(String.raw`(?:https?://|www\.)\S*[^\s.,;:!?)»”"]`),
  sticky(String.raw`(?<![\p{L}\p{N}])[\w.+-]+@[\w-]+(?:\.[\w-]+)+`),
  sticky(
    String.raw`(?<![\p{L}\p{N}])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org)(?:/[^\s,;)]*[^\s.,;)])?(?![\p{L}\p{N}])`,
  ),
];

/** Nobody writes an address down from a loudspeaker: it is left out, and the author is told. */
export const readLink: Reader = (place) => {
  for (const link of links) {
    const [all] = found(link, place) ?? [];
    if (all !== undefined)
      return { length: all.length, spoken: "", notice: { kind: "left-out", written: all, spoken: "" } };
  }
  return null;
};
