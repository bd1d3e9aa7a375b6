import { MAX_RELAY_DELAY_MS } from "@loa/shared/broadcast/relay.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { RelayWish } from "../api/sound-calls.ts";
import type { Relay } from "../api/sound-shapes.ts";

/** What the form of a relay holds, as typed. */
export interface RelayForm {
  readonly title: string;
  readonly area: AreaId | null;
  readonly kind: "stream" | "input";
  readonly url: string;
  readonly hosts: string;
  readonly isPrivate: boolean;
  /** Seconds; empty for none. */
  readonly fixedDelayS: string;
  readonly input: "line" | "fm";
  readonly gainDb: string;
}

export function emptyRelay(area: AreaId | null): RelayForm {
  return {
    title: "",
    area,
    kind: "stream",
    url: "",
    hosts: "",
    isPrivate: false,
    fixedDelayS: "",
    input: "fm",
    gainDb: "0",
  };
}

export function formOfRelay({ title, areaId, source }: Relay): RelayForm {
  const form = { ...emptyRelay(areaId), title, kind: source.kind, gainDb: String(source.gainDb) };
  if (source.kind === "input") return { ...form, input: source.input };
  return {
    ...form,
    url: source.url,
    hosts: source.hosts.join(", "),
    isPrivate: source.isPrivate,
    fixedDelayS: source.fixedDelayMs === null ? "" : String(source.fixedDelayMs / SECOND_MS),
  };
}

/** What is sent; null where something is missing or wrong. */
export function wishOfRelay(form: RelayForm): RelayWish | null {
  const title = form.title.trim();
  const gainDb = numberIn(form.gainDb, -40, 24);
  if (title === "" || form.area === null || gainDb === null) return null;
  if (form.kind === "input") return { title, source: { kind: "input", input: form.input, gainDb } };
  const url = form.url.trim();
  const fixedDelayMs = delayOf(form.fixedDelayS);
  if (!isStreamUrl(url) || fixedDelayMs === undefined) return null;
  const hosts = form.hosts
    .split(/[\s,;]+/)
    .map((host) => host.toLowerCase())
    .filter((host) => host !== "");
  return { title, source: { kind: "stream", url, hosts, isPrivate: form.isPrivate, fixedDelayMs, gainDb } };
}

function isStreamUrl(text: string): boolean {
  return URL.canParse(text) && /^(https?|rtsp|rtmps?):$/.test(new URL(text).protocol);
}

/** Undefined where it is out of range. */
function delayOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const seconds = numberIn(text, 1, MAX_RELAY_DELAY_MS / SECOND_MS);
  return seconds === null ? undefined : Math.round(seconds * SECOND_MS);
}

/** A decimal comma is as good as a point. */
export function numberIn(text: string, low: number, high: number): number | null {
  const value = text.trim() === "" ? Number.NaN : Number(text.replace(",", ".").replace("−", "-"));
  return Number.isFinite(value) && value >= low && value <= high ? value : null;
}
