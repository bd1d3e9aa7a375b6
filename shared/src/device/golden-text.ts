import { kindOf } from "./profile.ts";
import type { TextGolden, TextProfile } from "./profile-text.ts";
import { fillPattern } from "./text-pattern.ts";
import { decodeLine, takeLines, writeCommand } from "./text-point.ts";

/** What an exchange of a text device and the rest of its profile disagree about; nothing when they agree. */
export function checkGoldenText(profile: TextProfile, frame: TextGolden): readonly string[] {
  const { lineEnd, replyEnd } = profile.dialogue;
  if (!frame.request.endsWith(lineEnd)) return ["`request` does not end with `dialogue.lineEnd`: add it"];
  if (frame.reply !== "" && !frame.reply.endsWith(replyEnd))
    return ["`reply` does not end with `dialogue.replyEnd`: add it"];
  const asked = frame.request.slice(0, frame.request.length - lineEnd.length);
  return frame.expect.flatMap(({ capability, value }) => {
    const point = profile.points.find((candidate) => candidate.capability === capability);
    if (point === undefined)
      return [
        `\`${capability}\` is expected but is no point of this profile: add the point or remove the line`,
      ];
    return isQuestion(profile, point, asked)
      ? checkRead(profile, point, frame, value)
      : checkCommand(profile, point, asked, frame, value);
  });
}

export function coverageOfText(profile: TextProfile, frame: TextGolden): "read" | "write" {
  const asked = frame.request.slice(0, frame.request.length - profile.dialogue.lineEnd.length);
  return profile.points.some((point) => isQuestion(profile, point, asked)) ? "read" : "write";
}

type TextPoint = TextProfile["points"][number];

function isQuestion({ transport }: TextProfile, point: TextPoint, asked: string): boolean {
  return point.ask !== undefined && fillPattern(point.ask, { unit: transport.unit }) === asked;
}

function checkRead(
  profile: TextProfile,
  point: TextPoint,
  frame: TextGolden,
  wanted: number | null,
): readonly string[] {
  const { lines } = takeLines(profile, frame.reply);
  const found = lines
    .map((line) => decodeLine(point, point.match, line, profile.transport.unit))
    .find((value) => value !== null);
  if (found === undefined || found === null)
    return [`no line of \`reply\` fits \`match\` of ${point.capability}: copy one of them again`];
  const value = found.quality === "good" ? found.value : null;
  if (value === wanted || (value !== null && wanted !== null && Math.abs(value - wanted) < 1e-9)) return [];
  return [
    `\`${point.capability}\` decodes to ${value ?? "invalid"}, not to ${wanted ?? "invalid (null)"}: check enum, number, scale and offset`,
  ];
}

function checkCommand(
  profile: TextProfile,
  point: TextPoint,
  asked: string,
  frame: TextGolden,
  value: number | null,
): readonly string[] {
  if (value === null) return [`writing \`${point.capability}\` needs a value, not null`];
  const made = writeCommand(point, value, profile.transport.unit);
  if (!made.ok) return [`the profile does not allow to write ${value} to \`${point.capability}\``];
  if (made.value !== asked)
    return [
      `writing ${value} to \`${point.capability}\` makes ${JSON.stringify(made.value)}, which is not this \`request\``,
    ];
  const reply = point.write?.reply;
  const { lines } = takeLines(profile, frame.reply);
  if (reply === undefined)
    return frame.reply === ""
      ? []
      : [
          `\`${point.capability}\` is not acknowledged by the profile: add \`write.reply\` or empty \`reply\``,
        ];
  const isAcknowledged = lines.some((line) => {
    const acknowledged = decodeLine(point, reply, line, profile.transport.unit);
    if (acknowledged === null) return false;
    // A reply without `{value}` only says yes.
    return !reply.includes("{value}") || (acknowledged.quality === "good" && acknowledged.value === value);
  });
  return isAcknowledged
    ? []
    : [`no line of \`reply\` fits \`write.reply\` of ${point.capability} with ${value}`];
}

/** Whether a point wants a golden frame for its reading: commands, and lines that only come by themselves, do not. */
export function isAsked(point: TextPoint): boolean {
  return point.ask !== undefined && kindOf(point) !== "command";
}
