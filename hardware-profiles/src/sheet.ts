import { type Capability, capabilities } from "@loa/shared/device/capability.ts";
import { capabilityWordsEn } from "@loa/shared/device/capability-words-en.ts";
import { capabilityWordsVi } from "@loa/shared/device/capability-words-vi.ts";
import { isModbus, isReadable, type Profile, type ProfilePoint } from "@loa/shared/device/profile.ts";
import { type SheetWords, sheetWords } from "./sheet-words.ts";

/** What a technician needs on the pole, on paper: plain text of at most 100 columns. */

type Language = "vi" | "en";
const WIDTH = 100;
const names = { vi: capabilityWordsVi, en: capabilityWordsEn } as const;

export function sheet(profile: Profile, language: Language): string {
  const words = sheetWords[language];
  const sections = [
    head(profile, words, language),
    section(words.wiring, wiring(profile, words, language)),
    section(words.setUp, setUp(profile, words, language)),
    section(words.line, line(profile, words)),
    section(words.reads, readings(profile, words, language)),
    section(words.safety2, orElse(safety(profile, words, language), words.nothing)),
    section(words.doubts, orElse(doubts(profile, words, language), words.nothing)),
    section(words.done, [...words.checks.flatMap((check) => wrapped("[ ] ", check)), "", words.signature]),
  ];
  return sections
    .flatMap((part) => [...part, ""])
    .join("\n")
    .trimEnd();
}

function head(profile: Profile, words: SheetWords, language: Language): readonly string[] {
  const { id, version, titles, models, sources, draft, firmware } = profile;
  const range = [firmware?.from, firmware?.until].filter((each) => each !== undefined).join(" … ");
  return [
    "=".repeat(WIDTH),
    `${words.heading} · ${id} v${version}`,
    "=".repeat(WIDTH),
    titles[language],
    ...wrapped(`${words.models}: `, models.join(", ")),
    ...(draft ? [`!!! ${words.draft}`] : []),
    ...(firmware === undefined ? [] : wrapped(`${words.firmware}: ${range} `, `(${firmware.tellBy})`)),
    ...[...new Set(sources.map((source) => words.trust[source.trust]))],
    ...sources.flatMap(({ title, page }) => {
      const where = /^\d/.test(page) ? `${words.page} ${page}` : page;
      return wrapped(`${words.sources}: `, `${title}, ${where}`);
    }),
    "",
    ...wrapped("! ", words.safety),
  ];
}

function wiring({ setUp }: Profile, words: SheetWords, language: Language): readonly string[] {
  const terminals = setUp?.terminals ?? [];
  if (terminals.length === 0) return [words.noTerminals];
  const width = Math.max(words.device.length, ...terminals.map(({ device }) => device.length));
  return [
    `    ${words.device.padEnd(width)}   ${words.box}`,
    ...terminals.flatMap(({ device, box, note }) => [
      `[ ] ${device.padEnd(width)} ─ ${typeof box === "string" ? box : box[language]}`,
      ...(note === undefined ? [] : wrapped("      ", note[language])),
    ]),
  ];
}

function setUp(profile: Profile, words: SheetWords, language: Language): readonly string[] {
  const steps = (profile.setUp?.steps ?? []).flatMap((step) => wrapped("[ ] ", step[language]));
  return orElse(steps, words.noSteps);
}

function line({ transport }: Profile, words: SheetWords): readonly string[] {
  switch (transport.kind) {
    case "modbus-rtu":
    case "text-serial": {
      const { baud, parity, stopBits, unit } = transport;
      return [
        `${transport.kind === "modbus-rtu" ? "Modbus RTU" : words.text} · ${words.serial(baud, words.parity[parity], stopBits)}`,
        ...(unit === undefined ? [] : [words.unit(unit)]),
        ...(transport.kind === "modbus-rtu" ? [words.oneMaster, words.termination] : []),
      ];
    }
    case "modbus-tcp":
      return [words.network(transport.port, "Modbus TCP"), words.unit(transport.unit)];
    case "text-tcp":
      return [words.network(transport.port, "TCP")];
    case "text-udp":
      return [words.network(transport.port, "UDP")];
    case "gpio":
      return [`${words.chips}: ${transport.chips.join(", ")}`];
  }
}

function readings({ points }: Profile, words: SheetWords, language: Language): readonly string[] {
  const readable = [...points].filter(isReadable);
  const width = Math.max(...readable.map(({ capability }) => names[language][capability].length));
  return readable.map((point) => {
    const name = names[language][point.capability].padEnd(width);
    const settable = point.write === undefined ? "" : ` (${words.writable})`;
    return `[ ] ${name}  ${spanOf(point, words).padEnd(18)} ${words.value}: ________${settable}`;
  });
}

function spanOf(point: ProfilePoint, words: SheetWords): string {
  const { unit } = capabilities[point.capability];
  if (unit === "bool") return `${words.off} / ${words.on}`;
  const range = "range" in point ? point.range : undefined;
  const shown = unit === "number" || unit === "ratio" ? "" : ` ${unit}`;
  return range === undefined ? shown.trim() : `${range.min} … ${range.max}${shown}`;
}

function safety(profile: Profile, words: SheetWords, language: Language): readonly string[] {
  const nameOf = (capability: Capability) => names[language][capability];
  const agentLoss = isModbus(profile) ? profile.agentLoss : undefined;
  return [
    ...profile.safeState.map(({ capability, value }) =>
      words.atEnd(nameOf(capability), onOff(capability, value, words)),
    ),
    ...profile.lease.map(({ capability, maxOnMs }) =>
      words.lease(nameOf(capability), Math.round(maxOnMs / 60_000)),
    ),
    ...(agentLoss?.kind === "timed-on" ? [words.timedOn(agentLoss.onMs / 1_000)] : []),
    ...(agentLoss?.kind === "watchdog" ? [words.watchdog(agentLoss.timeoutMs / 1_000)] : []),
  ];
}

function onOff(capability: Capability, value: number, words: SheetWords): string {
  if (capabilities[capability].unit !== "bool") return `${value} ${capabilities[capability].unit}`;
  return value === 1 ? words.on : words.off;
}

function doubts({ conflicts }: Profile, words: SheetWords, language: Language): readonly string[] {
  return conflicts.flatMap(({ about, says, follows }) => [
    ...wrapped("[ ] ", about[language]),
    ...says.flatMap((each) => wrapped("      - ", each)),
    ...wrapped(`      ${words.follows}: `, follows[language]),
  ]);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [title, "-".repeat(title.length), ...lines];
}

/** A part without anything is said: a number that is missing looks like a page that is missing. */
function orElse(lines: readonly string[], otherwise: string): readonly string[] {
  return lines.length === 0 ? [otherwise] : lines;
}

/** Broken at words, later lines under the first one's text. */
function wrapped(lead: string, text: string): readonly string[] {
  const lines: string[] = [];
  let current = lead;
  for (const word of text.split(" ")) {
    const isFull = current.length + word.length > WIDTH && current.trim() !== lead.trim();
    if (isFull) lines.push(current.trimEnd());
    current = isFull ? `${" ".repeat(lead.length)}${word} ` : `${current}${word} `;
  }
  return [...lines, current.trimEnd()];
}
