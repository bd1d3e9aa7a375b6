import type { RenditionKind } from "../domain/rendition.ts";

export interface Encoder {
  /** Of ffmpeg, for mono. */
  readonly options: readonly string[];
  readonly contentType: "audio/mpeg" | "audio/ogg";
  readonly extension: "mp3" | "opus";
  readonly kbps: number;
}

/**
 * Both codecs start and end at the exact sample: mp3 by its LAME tag, Opus by pre-skip and the last granule position
 * (RFC 7845, 4.2 and 4.4).
 */
export const encoders = {
  "opus-24": opus(24, "voip"),
  "opus-32": opus(32, "voip"),
  "opus-48": opus(48, "audio"),
  "opus-64": opus(64, "audio"),
  // MPEG-1 begins at 32 kbit/s and sounds poor there; at half the rate (MPEG-2 LSF) the bits go where speech is.
  "mp3-24": mp3(24, 24_000),
  "mp3-32": mp3(32, 24_000),
  "mp3-48": mp3(48, 48_000),
  "mp3-64": mp3(64, 48_000),
} satisfies Record<RenditionKind, Encoder>;

/** `voip` sharpens speech where bits are few; `audio` leaves music as it is. */
function opus(kbps: number, application: "voip" | "audio"): Encoder {
  const options = ["-c:a", "libopus", "-b:a", `${kbps}k`, "-application", application, "-vbr", "constrained"];
  return { options: [...options, "-f", "ogg"], contentType: "audio/ogg", extension: "opus", kbps };
}

function mp3(kbps: number, rateHz: number): Encoder {
  const options = ["-c:a", "libmp3lame", "-b:a", `${kbps}k`, "-ar", `${rateHz}`];
  const tag = ["-write_xing", "1", "-id3v2_version", "0", "-f", "mp3"];
  return { options: [...options, ...tag], contentType: "audio/mpeg", extension: "mp3", kbps };
}
