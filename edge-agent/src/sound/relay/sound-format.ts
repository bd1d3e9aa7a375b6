/** What ffmpeg is told to read, so that it never guesses: a demuxer that opens nothing else. */
export type SoundFormat = "mp3" | "aac" | "ogg" | "flac" | "wav" | "mpegts" | "mp4" | "webm" | "flv";

export type Sniffed =
  | { readonly kind: "sound"; readonly format: SoundFormat }
  /** A list of segments (RFC 8216). */
  | { readonly kind: "hls" }
  /** A list that only names the stream, as players are given it. */
  | { readonly kind: "link"; readonly address: string }
  | { readonly kind: "more" }
  | { readonly kind: "wrong" };

/** A stream that is not recognised by then is none: the three largest mp3 frames fit into half of it. */
export const SNIFF_BYTES = 8_192;

/**
 * What the first bytes of an answer are. They decide, not the content type: it is wrong too often, and a page of
 * HTML under `audio/mpeg` must never reach a decoder.
 */
export function sniff(bytes: Buffer, isAll: boolean): Sniffed {
  const body = withoutId3(bytes);
  if (body.length < 16 && !isAll) return { kind: "more" };
  const known = byMagic(body);
  if (known !== null) return { kind: "sound", format: known };
  const text = asText(body);
  if (text !== null) return textKind(text, isAll);
  const framed = byFrames(body);
  if (framed !== null) return { kind: "sound", format: framed };
  return !isAll && bytes.length < SNIFF_BYTES ? { kind: "more" } : { kind: "wrong" };
}

/** ID3v2 (id3.org, 3.1): ten bytes of head with a size of four times seven bits. Packed HLS audio begins so. */
export function withoutId3(bytes: Buffer): Buffer {
  if (bytes.length < 10 || bytes.toString("latin1", 0, 3) !== "ID3") return bytes;
  let size = 0;
  for (let at = 6; at < 10; at += 1) size = size * 128 + ((bytes[at] ?? 0) & 127);
  return bytes.subarray(Math.min(bytes.length, 10 + size));
}

function byMagic(body: Buffer): SoundFormat | null {
  const four = body.toString("latin1", 0, 4);
  if (four === "OggS") return "ogg";
  if (four === "fLaC") return "flac";
  if (four === "RIFF" && body.toString("latin1", 8, 12) === "WAVE") return "wav";
  if (four.startsWith("FLV\u0001")) return "flv";
  if (body.length >= 4 && body.readUInt32BE(0) === 0x1a45_dfa3) return "webm";
  if (["ftyp", "styp", "moof", "moov", "sidx"].includes(body.toString("latin1", 4, 8))) return "mp4";
  return null;
}

/** ADTS and MPEG audio say their own length, so heads where the last one ends are proof; TS repeats at 188. */
function byFrames(body: Buffer): SoundFormat | null {
  for (let at = 0; at + 4 < body.length; at += 1) {
    if (body[at] === 0x47 && body[at + 188] === 0x47 && body[at + 376] === 0x47) return "mpegts";
    if (isChain(body, at, adtsLength)) return "aac";
    if (isChain(body, at, mpegLength)) return "mp3";
  }
  return null;
}

function isChain(body: Buffer, from: number, lengthAt: (body: Buffer, at: number) => number): boolean {
  let at = from;
  for (let frame = 0; frame < 3; frame += 1) {
    const length = lengthAt(body, at);
    if (length <= 7) return false;
    at += length;
  }
  return true;
}

/** ISO/IEC 13818-7, 6.2. */
function adtsLength(body: Buffer, at: number): number {
  if (at + 6 > body.length || body[at] !== 0xff || ((body[at + 1] ?? 0) & 0xf6) !== 0xf0) return 0;
  return (((body[at + 3] ?? 0) & 3) << 11) | ((body[at + 4] ?? 0) << 3) | ((body[at + 5] ?? 0) >> 5);
}

/** kbit/s by index of layer II and III (ISO/IEC 11172-3, 2.4.2.3; ISO/IEC 13818-3 for half the rate). */
const KBITS_FULL_III = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_FULL_II = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const KBITS_HALF = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_HZ = [44_100, 48_000, 32_000];

function mpegLength(body: Buffer, at: number): number {
  if (at + 4 > body.length || body[at] !== 0xff) return 0;
  const second = body[at + 1] ?? 0;
  const third = body[at + 2] ?? 0;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  // Layer 0 is reserved and 3 is layer I, which no radio sends.
  if ((second & 0xe0) !== 0xe0 || version === 1 || (layer !== 1 && layer !== 2)) return 0;
  const isFull = version === 3;
  const table = isFull ? (layer === 1 ? KBITS_FULL_III : KBITS_FULL_II) : KBITS_HALF;
  const kbits = table[third >> 4] ?? 0;
  const fullRate = RATES_HZ[(third >> 2) & 3];
  if (kbits === 0 || fullRate === undefined) return 0;
  const rate = fullRate / (isFull ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 1 && !isFull ? 576 : 1_152;
  return Math.floor(((samples / 8) * kbits * 1_000) / rate) + ((third >> 1) & 1);
}

/** The text, when the beginning is nothing but text. */
function asText(body: Buffer): string | null {
  const head = body.subarray(0, 512);
  const isText = head.every(
    (byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127),
  );
  return isText && head.length > 0
    ? body
        .toString("utf8")
        .replace(/^\uFEFF/, "")
        .trimStart()
    : null;
}

function textKind(text: string, isAll: boolean): Sniffed {
  if (/^<|^\{/.test(text)) return { kind: "wrong" };
  const isPlaylist = text.startsWith("#EXTM3U");
  if (isPlaylist && /^#EXT-X-/m.test(text)) return { kind: "hls" };
  if (!isAll && text.length < SNIFF_BYTES / 2) return { kind: "more" };
  const isPls = /^\[playlist\]/i.test(text);
  const address = isPls ? /^File1=(\S+)/im.exec(text)?.[1] : /^(https?:\/\/\S+)/m.exec(text)?.[1];
  return address === undefined ? { kind: "wrong" } : { kind: "link", address };
}
