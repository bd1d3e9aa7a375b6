import { BUILT_IN_TEXT, type BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { EmergencyStream } from "@loa/shared/broadcast/emergency.ts";
import { type Instant, toLocal } from "@loa/shared/kernel/time.ts";
import { type ApprovedOrder, readOrder } from "@loa/shared/trust/order.ts";
import { readStandingApproval, type StandingApproval } from "@loa/shared/trust/standing-approval.ts";

/** What the control room says beside the text: nobody signs that. */
export interface BesideText {
  readonly areaNames: readonly string[];
  readonly boxes: number;
  readonly author: { readonly name: string };
}

/** What is to be approved, in words that are made of the very text that is signed. Null: it is none in its one form. */
export function textInWords(payload: string, beside: BesideText): readonly string[] | null {
  const order = readOrder(payload);
  const standing = order === null ? readStandingApproval(payload) : null;
  const one = order ?? standing;
  if (one === null) return null;
  const { severity, headline, sirenMs, times, gapMs, durationMs, notice } = one;
  const { areaNames, boxes, author } = beside;
  return [
    severity === "actual" ? "ACTUAL EMERGENCY («KHẨN CẤP»)" : "exercise («DIỄN TẬP»)",
    `  ${headline}`,
    ...(order === null ? [] : orderLines(order)),
    ...(standing === null ? [] : standingLines(standing)),
    `  siren of ${sirenMs / 1_000} s, then ${soundOf(notice, severity)}, ${times} times with ${gapMs / 1_000} s between`,
    `  for ${Math.round(durationMs / 60_000)} min, written by ${one.author}`,
    `  the control room says: ${areaNames.join(", ")}; ${boxes} boxes; written by ${author.name}`,
  ];
}

function orderLines(order: ApprovedOrder): readonly string[] {
  if (order.kind === "emergency") {
    const { areas, stream, replaces, correction } = order;
    return [
      `  in ${areas.join(", ")}`,
      ...(stream === undefined
        ? []
        : [`  with ${stream.durationMs / 1_000} s of ${stationOf(stream.source)}`]),
      ...(replaces === null ? [] : [`  in the place of ${replaces}`]),
      ...correctionLines(correction),
    ];
  }
  const { trigger, from, to, box } = order;
  return [
    `  started by ${box} itself, whenever ${trigger.capability} is ${trigger.edge} ${trigger.limit},`,
    `  from ${dayOf(from)} to ${dayOf(to)}`,
  ];
}

function standingLines(standing: StandingApproval): readonly string[] {
  const { sender, keys, events, eventCodes, least, areas, places, from, to, correction } = standing;
  const kinds = [...events, ...eventCodes.map(({ valueName, value }) => `${valueName}=${value}`)];
  const codes = places.reduce((count, place) => count + place.codes.length, 0);
  return [
    "  STANDING APPROVAL: whatever this sender signs of these kinds goes out at once, with nobody pressing",
    `  alerts of ${sender}, signed with ${keys.map((key) => `${key.publicKey.slice(-12)} until ${dayOf(key.to)}`).join(", ")}`,
    `  events: ${kinds.join(", ")}; at least ${least.urgency}, ${least.severity}, ${least.certainty}`,
    `  in ${areas.join(", ")}, by ${codes} codes of ${places.map(({ valueName }) => valueName).join(", ")}`,
    `  from ${dayOf(from)} to ${dayOf(to)}`,
    ...correctionLines(correction),
  ];
}

function correctionLines(correction: { readonly notice: Notice } | null): readonly string[] {
  if (correction === null) return [];
  return [`  with a correction, for the case that it was wrong: ${soundOf(correction.notice, "correction")}`];
}

/** The address as a box reads it: letters that only look like others, or turn a line round, are seen as what they are. */
function stationOf(source: EmergencyStream["source"]): string {
  const { title, gainDb } = source;
  const from =
    source.kind === "input"
      ? [source.input]
      : [
          new URL(source.url).href,
          ...source.hosts,
          ...(source.isPrivate ? ["the province's own network"] : []),
        ];
  return `${title} (${[...from, `${gainDb} dB`].join("; ")})`;
}

type Notice = StandingApproval["notice"];

/** What a clip says nobody reads out of its name: who doubts it listens at the page. */
function soundOf(notice: Notice, builtIn: BuiltInWords): string {
  if (notice === null) return `the words built into the box («${BUILT_IN_TEXT[builtIn]}»)`;
  return `clip ${notice.sha256} of ${Math.round(notice.durationMs / 1_000)} s`;
}

function dayOf(at: Instant): string {
  return toLocal(at).date;
}
