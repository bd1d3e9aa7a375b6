import { boxId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { signal } from "@preact/signals";
import { z } from "zod";
import { boxRow, level, type ReceiptRow, receiptRow } from "../api/shapes.ts";
import { hearControllerTime } from "./clock.ts";
import { askEmergencies, heedEmergencies, tickEmergencies } from "./emergencies.ts";
import { asOf, loadFleet, rows, takeChanges } from "./fleet.ts";
import { takeLevel } from "./levels.ts";

export type FeedState = "connecting" | "live" | "lost";

/** The controller ticks every 5 s; two lost ticks and a little are a lost connection. */
const SILENCE_LIMIT_MS = 12_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 15_000;

export const feedState = signal<FeedState>("connecting");
/** Newest first, for pages that follow a session live; the list holds the latest of this visit only. */
export const freshReceipts = signal<readonly ReceiptRow[]>([]);
const MAX_FRESH_RECEIPTS = 2_000;

const boxesEvent = z.object({ now: instant, changed: z.array(boxRow) });
const tickEvent = z.object({ now: instant });
const levelEvent = level.extend({ boxId });
/** The feed left something out: what was loaded is to be loaded again. */
const reloadEvent = z.unknown();

let source: EventSource | null = null;
let watchdog: ReturnType<typeof setTimeout> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let retryMs = RETRY_FIRST_MS;

export function openFeed(): void {
  closeFeed();
  const opened = new EventSource("/api/v1/events");
  source = opened;
  opened.onopen = () => void becomeLive();
  opened.onerror = () => lose();
  hear(opened, "boxes", boxesEvent, ({ now, changed }) => {
    hearControllerTime(now);
    takeChanges(now, changed);
    heedEmergencies(rows.value);
  });
  hear(opened, "tick", tickEvent, ({ now }) => {
    hearControllerTime(now);
    asOf.value = now;
    tickEmergencies();
  });
  hear(opened, "receipt", receiptRow, (row) => {
    freshReceipts.value = [row, ...freshReceipts.value].slice(0, MAX_FRESH_RECEIPTS);
  });
  hear(opened, "level", levelEvent, takeLevel);
  hear(opened, "reload", reloadEvent, () => void loadFleet());
  watch();
}

export function closeFeed(): void {
  source?.close();
  source = null;
  clearTimeout(watchdog);
  clearTimeout(retry);
}

/** Everything is loaded again after each connect, so nothing that happened in between is missing. */
async function becomeLive(): Promise<void> {
  retryMs = RETRY_FIRST_MS;
  await Promise.all([loadFleet(), askEmergencies()]);
  if (source !== null) feedState.value = "live";
}

function hear<Body>(
  from: EventSource,
  name: string,
  schema: z.ZodType<Body>,
  take: (body: Body) => void,
): void {
  from.addEventListener(name, (event) => {
    watch();
    const parsed = schema.safeParse(jsonOf(event.data));
    if (parsed.success) take(parsed.data);
  });
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function watch(): void {
  clearTimeout(watchdog);
  watchdog = setTimeout(lose, SILENCE_LIMIT_MS);
}

/** Our own retry instead of the browser's: it also recovers from refusals, after which a browser gives up. */
function lose(): void {
  closeFeed();
  feedState.value = "lost";
  retry = setTimeout(openFeed, retryMs);
  retryMs = Math.min(RETRY_LAST_MS, retryMs * 2);
}
