import type { TextPoint, TextProfile } from "@loa/shared/device/profile-text.ts";
import { fillPattern, matchPattern } from "@loa/shared/device/text-pattern.ts";
import { decodeText } from "@loa/shared/device/text-point.ts";

/** What a line from the driver means to the device. */
export type TextRequest =
  | { readonly kind: "hello"; readonly reply: string | undefined; readonly isLast: boolean }
  | { readonly kind: "heartbeat"; readonly reply: string | undefined }
  /** The answer to what we asked. */
  | { readonly kind: "here" }
  | { readonly kind: "ask"; readonly text: string }
  | { readonly kind: "write"; readonly point: TextPoint; readonly word: string; readonly value: number }
  /** Addressed to us, and not understood. */
  | { readonly kind: "unknown" }
  | { readonly kind: "for-another" };

export function understand(profile: TextProfile, line: string): TextRequest {
  const { dialogue, transport, points } = profile;
  const { unit } = transport;
  const is = (pattern: string | undefined) =>
    pattern !== undefined && fillPattern(pattern, { unit }) === line;
  const { hello, heartbeat, answers } = dialogue;
  const greeting = hello.findIndex(({ send }) => is(send));
  if (greeting >= 0)
    return { kind: "hello", reply: hello[greeting]?.reply, isLast: greeting === hello.length - 1 };
  if (heartbeat !== undefined && is(heartbeat.send)) return { kind: "heartbeat", reply: heartbeat.reply };
  if (answers.some(({ send }) => is(send))) return { kind: "here" };
  if (asksOf(profile).some(is)) return { kind: "ask", text: line };
  const writes = points.flatMap((point) => {
    const word = point.write === undefined ? null : matchPattern(point.write.command, line, unit);
    const decoded = word === null ? null : decodeText(point, word);
    return word === null || decoded?.quality !== "good" ? [] : [{ point, word, value: decoded.value }];
  });
  const write = writes.find(
    ({ point, value }) => point.write !== undefined && value >= point.write.min && value <= point.write.max,
  );
  if (write !== undefined) return { kind: "write", ...write };
  return isForUs(profile, line) ? { kind: "unknown" } : { kind: "for-another" };
}

/**
 * Cuts a stream whose commands have no common end (Extron: `Q`, `1I`, `ESC…CR`): what is not a command yet, but can
 * become one, is kept.
 */
export function takeCommands(
  profile: TextProfile,
  received: string,
): { readonly commands: readonly string[]; readonly rest: string } {
  const commands: string[] = [];
  let begun = "";
  for (const character of received) {
    begun += character;
    const { kind } = understand(profile, begun);
    if (kind !== "unknown" && kind !== "for-another") {
      commands.push(begun);
      begun = "";
    }
    while (begun !== "" && !canBegin(profile, begun)) begun = begun.slice(1);
  }
  return { commands, rest: begun };
}

function asksOf({ points, identify }: TextProfile): readonly string[] {
  return [
    ...identify.map(({ ask }) => ask),
    ...points.flatMap(({ ask }) => (ask === undefined ? [] : [ask])),
  ];
}

/** On a shared line each request begins with the name of whom it is for. */
function isForUs(profile: TextProfile, line: string): boolean {
  const { unit } = profile.transport;
  if (unit === undefined) return true;
  return asksOf(profile).some((ask) => {
    const [before = "", ...rest] = ask.split("{unit}");
    return rest.length === 0 || line.startsWith(`${before}${unit}`);
  });
}

function canBegin(profile: TextProfile, begun: string): boolean {
  const { dialogue, points, transport } = profile;
  const said = [...dialogue.hello, ...dialogue.answers].map(({ send }) => send);
  const beat = dialogue.heartbeat === undefined ? [] : [dialogue.heartbeat.send];
  const commands = points.flatMap(({ write }) => (write === undefined ? [] : [write.command]));
  return [...said, ...beat, ...asksOf(profile), ...commands].some((pattern) => {
    const filled = pattern.replaceAll("{unit}", transport.unit ?? "");
    const [fixed = "", ...rest] = filled.split("{value}");
    return fixed.startsWith(begun) || (rest.length > 0 && begun.startsWith(fixed));
  });
}
