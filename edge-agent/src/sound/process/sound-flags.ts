import { linesOf, MONO, type OutputLayout, STEREO } from "../output-layout.ts";
import type { EngineSetup, SinkSpec } from "./messages.ts";

/** `alsa:DEVICE`, `wav:FOLDER` or `none`; null for anything else. */
export function readSink(text: string): SinkSpec | null {
  const [kind, ...rest] = text.split(":");
  const target = rest.join(":");
  if (kind === "none" && target === "") return { kind: "none" };
  if (kind === "wav" && target !== "") return { kind: "wav", folder: target };
  if (kind === "alsa") return { kind: "alsa", device: target === "" ? "default" : target };
  return null;
}

/** `mono`, `stereo`, or the loudspeaker line behind each channel of the card, as in `1,2`; null for anything else. */
export function readChannels(text: string): OutputLayout | null {
  if (text === "mono") return MONO;
  if (text === "stereo") return STEREO;
  const zones = text.split(",");
  const areLines = zones.length <= 16 && zones.every((zone) => /^[1-9]\d?$/.test(zone) && Number(zone) <= 64);
  return areLines ? linesOf(zones.map(Number)) : null;
}

/** `line=DEVICE`, `fm=DEVICE` and `microphone=DEVICE`; null when one is neither. */
export function readInputs(texts: readonly string[]): EngineSetup["inputs"] | null {
  const inputs: { -readonly [Name in keyof EngineSetup["inputs"]]: string | null } = {
    line: null,
    fm: null,
    microphone: null,
  };
  for (const text of texts) {
    const [, name, device = ""] = /^(line|fm|microphone)=(.+)$/.exec(text) ?? [];
    if (name !== "line" && name !== "fm" && name !== "microphone") return null;
    inputs[name] = device;
  }
  return inputs;
}
