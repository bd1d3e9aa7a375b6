/** What we read in the lines that ffmpeg (2018 to 7) writes about its work. Each is null until it was said. */
export interface FfmpegNotes {
  /** Length that the container promises, ms; null also where ffmpeg only guessed it from the size. */
  declaredMs: number | null;
  channels: number | null;
  sampleRateHz: number | null;
  integratedLufs: number | null;
  truePeakDb: number | null;
  rmsDb: number | null;
  /** Samples that went through the measuring filters. */
  measuredFrames: number | null;
  /** First and last complaint that sound was lost, and how much had been decoded then, ms. */
  lost: { readonly firstMs: number; readonly lastMs: number } | null;
  /** The demuxer gave up: what follows was not read at all. */
  isUnread: boolean;
  isDiskFull: boolean;
}

export interface FfmpegLines {
  readonly notes: Readonly<FfmpegNotes>;
  readLine(line: string): void;
}

/** What ffmpeg calls minus infinity. */
const SILENCE_DB = -120;
/** Up to here a complaint belongs to the cut edge of a recording: a first frame that leans on one which is not there. */
const EDGE_MS = 200;

const number = String.raw`(-?(?:inf|nan|\d+(?:\.\d+)?))`;
const patterns = {
  duration: /^\s*Duration: (\d+):(\d\d):(\d\d\.\d+)/,
  progress: /\btime=(\d+):(\d\d):(\d\d\.\d+)/,
  frame: /ashowinfo.* channels:(\d+) .*rate:(\d+) /,
  /** ebur128 speaks every 100 ms of sound: that is how we know where in the file a complaint stands. */
  heartbeat: /Parsed_ebur128.*\bt:\s*(\d+(?:\.\d+)?)/,
  integrated: new RegExp(`^\\s+I:\\s+${number} LUFS`),
  truePeak: new RegExp(`^\\s+Peak:\\s+${number} dBFS`),
  rms: new RegExp(`astats.*\\] RMS level dB: ${number}`),
  frames: /astats.*\] Number of samples: (\d+)/,
  /** Decoders since 2018, Ogg and FLAC checksums, and demuxers that met half a packet. */
  loss: /Error while decoding stream|Decoding error|Error submitting (?:a )?packet to (?:the )?decoder|CRC (?:mismatch|error)|corrupt input packet|decode_frame\(\) failed/,
  unread: /Error during demuxing|^file:.*: (?:Invalid data found when processing input|Input\/output error)$/,
};

/** Reads line by line, so that a file with a million complaints costs no memory. */
export function createFfmpegLines(onProgress: (ms: number) => void = () => undefined): FfmpegLines {
  const notes: FfmpegNotes = {
    declaredMs: null,
    channels: null,
    sampleRateHz: null,
    integratedLufs: null,
    truePeakDb: null,
    rmsDb: null,
    measuredFrames: null,
    lost: null,
    isUnread: false,
    isDiskFull: false,
  };
  let isGuess = false;
  /** Null while it only looks at the file: complaints of then are told again where they matter. */
  let decodedMs: number | null = null;

  function readHead(line: string): void {
    if (line.includes("Estimating duration from bitrate")) isGuess = true;
    const declaredMs = clockMs(patterns.duration, line);
    if (declaredMs !== null && !isGuess) notes.declaredMs = declaredMs;
    const frame = patterns.frame.exec(line);
    if (frame !== null && notes.channels === null) {
      notes.channels = Number(frame[1]);
      notes.sampleRateHz = Number(frame[2]);
    }
  }

  function readMeasures(line: string): void {
    notes.integratedLufs = level(patterns.integrated, line) ?? notes.integratedLufs;
    notes.truePeakDb = level(patterns.truePeak, line) ?? notes.truePeakDb;
    notes.rmsDb = level(patterns.rms, line) ?? notes.rmsDb;
    const frames = patterns.frames.exec(line);
    if (frames !== null) notes.measuredFrames = Number(frames[1]);
  }

  function readLine(line: string): void {
    const heartbeat = patterns.heartbeat.exec(line);
    if (heartbeat !== null) {
      decodedMs = Math.round(Number(heartbeat[1]) * 1_000);
      return;
    }
    const progressMs = clockMs(patterns.progress, line);
    if (progressMs !== null) onProgress(progressMs);
    if (line.startsWith("Stream mapping:")) decodedMs = 0;
    if (decodedMs !== null && patterns.loss.test(line)) {
      notes.lost = { firstMs: notes.lost?.firstMs ?? decodedMs, lastMs: decodedMs };
    }
    if (patterns.unread.test(line)) notes.isUnread = true;
    if (line.includes("No space left on device")) notes.isDiskFull = true;
    readHead(line);
    readMeasures(line);
  }

  return { notes, readLine };
}

/** Where sound was lost in the middle of what decoded to `decodedMs`; null when only its edges are frayed. */
export function brokenAtMs({ lost }: Pick<FfmpegNotes, "lost">, decodedMs: number): number | null {
  if (lost === null) return null;
  const isInside = lost.lastMs > EDGE_MS && lost.firstMs < decodedMs - EDGE_MS;
  return isInside ? lost.firstMs : null;
}

function clockMs(pattern: RegExp, line: string): number | null {
  const found = pattern.exec(line);
  if (found === null) return null;
  const [, hours, minutes, seconds] = found.map(Number);
  return Math.round(((hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1_000);
}

function level(pattern: RegExp, line: string): number | null {
  const text = pattern.exec(line)?.[1];
  if (text === undefined) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : SILENCE_DB;
}
