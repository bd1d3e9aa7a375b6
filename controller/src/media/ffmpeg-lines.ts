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
  isDiskFull: boolean;
}

export interface FfmpegLines {
  readonly notes: Readonly<FfmpegNotes>;
  readLine(line: string): void;
}

/** What ffmpeg calls minus infinity. */
const SILENCE_DB = -120;

const number = String.raw`(-?(?:inf|nan|\d+(?:\.\d+)?))`;
const patterns = {
  duration: /^\s*Duration: (\d+):(\d\d):(\d\d\.\d+)/,
  frame: /ashowinfo.* channels:(\d+) .*rate:(\d+) /,
  integrated: new RegExp(`^\\s+I:\\s+${number} LUFS`),
  truePeak: new RegExp(`^\\s+Peak:\\s+${number} dBFS`),
  rms: new RegExp(`astats.*\\] RMS level dB: ${number}`),
  frames: /astats.*\] Number of samples: (\d+)/,
};

/** Reads line by line, so that a file with a million complaints costs no memory. */
export function createFfmpegLines(): FfmpegLines {
  const notes: FfmpegNotes = {
    declaredMs: null,
    channels: null,
    sampleRateHz: null,
    integratedLufs: null,
    truePeakDb: null,
    rmsDb: null,
    measuredFrames: null,
    isDiskFull: false,
  };
  let isGuess = false;

  function readLine(line: string): void {
    if (line.includes("Estimating duration from bitrate")) isGuess = true;
    if (line.includes("No space left on device")) notes.isDiskFull = true;
    const duration = patterns.duration.exec(line);
    if (duration !== null && !isGuess) {
      const [, hours, minutes, seconds] = duration.map(Number);
      notes.declaredMs = Math.round(((hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1_000);
    }
    const frame = patterns.frame.exec(line);
    if (frame !== null && notes.channels === null) {
      notes.channels = Number(frame[1]);
      notes.sampleRateHz = Number(frame[2]);
    }
    notes.integratedLufs = level(patterns.integrated, line) ?? notes.integratedLufs;
    notes.truePeakDb = level(patterns.truePeak, line) ?? notes.truePeakDb;
    notes.rmsDb = level(patterns.rms, line) ?? notes.rmsDb;
    const frames = patterns.frames.exec(line);
    if (frames !== null) notes.measuredFrames = Number(frames[1]);
  }

  return { notes, readLine };
}

function level(pattern: RegExp, line: string): number | null {
  const text = pattern.exec(line)?.[1];
  if (text === undefined) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : SILENCE_DB;
}
