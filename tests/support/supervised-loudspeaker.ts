import { createHash } from "node:crypto";
import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import type { OpenedSound } from "@loa/edge-agent/sound/create-sound.ts";
import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { engineStarter } from "@loa/edge-agent/sound/process/engine-child.ts";
import { createSupervisedSound } from "@loa/edge-agent/sound/process/supervisor.ts";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { machineOffsetMs } from "../ears/machine-time.ts";
import { openVirtualCard, type VirtualCard } from "../ears/virtual-card.ts";
import { eventually } from "./eventually.ts";
import { createLogBook, type LogBook } from "./log-book.ts";

/** A box's real loudspeaker side, engine process and spare included, that plays to a virtual card. */
export interface SupervisedLoudspeaker {
  readonly card: VirtualCard;
  readonly sound: OpenedSound;
  readonly log: LogBook;
  /** Their times are machine time here, as those of the card. */
  readonly reports: readonly SoundReport[];
  clip(path: string): Sha256;
  /** At once and plain, where `how` does not say otherwise. */
  play(soundId: string, source: PlayRequest["source"], how?: Partial<PlayRequest>): void;
  report<Kind extends SoundReport["kind"]>(kind: Kind, limitMs?: number): Promise<ReportOf<Kind>>;
  /** The engine that has the card. */
  engine(): Promise<number>;
  /** The one that stands by, as soon as it is ready. */
  spare(): Promise<number>;
  close(): Promise<void>;
}

type ReportOf<Kind extends SoundReport["kind"]> = Extract<SoundReport, { readonly kind: Kind }>;

const READY_LIMIT_MS = 15_000;

export async function openSupervisedLoudspeaker(
  ffmpegPath: string,
  wantsRealTime = true,
  card?: VirtualCard,
): Promise<SupervisedLoudspeaker> {
  return startLoudspeaker(ffmpegPath, wantsRealTime, card ?? (await openVirtualCard()));
}

function startLoudspeaker(
  ffmpegPath: string,
  wantsRealTime: boolean,
  card: VirtualCard,
): SupervisedLoudspeaker {
  const log = createLogBook();
  const paths = new Map<string, string>();
  const reports: SoundReport[] = [];
  const toMachineMs = machineOffsetMs();
  const sound = createSupervisedSound({
    setup: {
      sink: { kind: "alsa", device: card.device },
      layout: MONO,
      ffmpegPath,
      inputs: { line: null, fm: null, microphone: null },
      wantsRealTime,
    },
    startEngine: engineStarter({ ...process.env, ...card.env }),
    clipPath: (name) => paths.get(name) ?? null,
    clock: nodeClock,
    timers: nodeTimers,
    log,
  });
  sound.onReport((report) => reports.push({ ...report, at: asMonotonic(report.at + toMachineMs) }));

  const pidsOf = (event: string) =>
    log.lines.flatMap(({ event: name, fields }) => (name === event ? [Number(fields.pid)] : []));
  const engine = () =>
    eventually("an engine plays", READY_LIMIT_MS, () => {
      const last = pidsOf("engine.took-over").at(-1);
      return last === undefined || pidsOf("engine.lost").includes(last) ? null : last;
    });

  return {
    card,
    sound,
    log,
    reports,
    engine,
    spare: () =>
      eventually("a spare stands by", READY_LIMIT_MS, () => {
        const gone = new Set([...pidsOf("engine.took-over"), ...pidsOf("engine.spare-lost")]);
        return pidsOf("engine.ready").find((pid) => !gone.has(pid)) ?? null;
      }),
    clip(path) {
      const name = sha256.parse(createHash("sha256").update(path).digest("hex"));
      paths.set(name, path);
      return name;
    },
    play(soundId, source, how = {}) {
      sound.play({
        soundId,
        source,
        rung: "scheduled",
        startAt: nodeClock.monotonic(),
        after: null,
        endAt: null,
        offsetMs: 0,
        gainDb: 0,
        fadeInMs: 0,
        duckDb: null,
        zones: null,
        ...how,
      });
    },
    report: (kind, limitMs = READY_LIMIT_MS) =>
      eventually(`it reports ${kind}`, limitMs, () => {
        const found = reports.find((report): report is ReportOf<typeof kind> => report.kind === kind);
        return found ?? null;
      }),
    async close() {
      await sound.close();
      await card.close();
    },
  };
}
