import { capabilities } from "./capability.ts";
import { missingFrames } from "./golden-coverage.ts";
import { checkGoldenText, coverageOfText, isAsked } from "./golden-text.ts";
import { kindOf } from "./profile.ts";
import { type ComplaintPath, complaintsAt, type ProfileComplaint } from "./profile-complaint.ts";
import type { TextPoint, TextProfile } from "./profile-text.ts";
import { holesOf, isPattern } from "./text-pattern.ts";
import { encodeText } from "./text-point.ts";

/** What only a text profile can get wrong. */
export function checkText(profile: TextProfile): readonly ProfileComplaint[] {
  return [
    ...checkPatterns(profile, []),
    ...profile.points.flatMap((point, index) => checkPoint(point, ["points", index])),
    ...profile.identify.flatMap(({ match }, index) => checkValueHole(match, ["identify", index], "match")),
    ...checkGolden(profile),
  ];
}

const patternKeys = new Set(["ask", "match", "unsolicited", "command", "send", "reply", "on", "errors"]);

/** Every pattern of the file, wherever it stands. */
function checkPatterns(node: unknown, path: ComplaintPath): readonly ProfileComplaint[] {
  if (path[0] === "golden") return [];
  if (typeof node === "string") {
    const key = path.findLast((part) => typeof part === "string");
    if (!patternKeys.has(`${key}`) || isPattern(node)) return [];
    return [
      {
        path,
        message: "a pattern has only the holes {value}, {any} and {unit}, with text between two of them",
      },
    ];
  }
  if (Array.isArray(node)) return node.flatMap((each, index) => checkPatterns(each, [...path, index]));
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, each]) => checkPatterns(each, [...path, key]));
}

function checkPoint(point: TextPoint, path: ComplaintPath): readonly ProfileComplaint[] {
  const { found, complain } = complaintsAt(path, `${point.capability}: `);
  const { ask, match, unsolicited, write } = point;
  if (kindOf(point) !== "command" && ask === undefined && unsolicited === undefined)
    complain("", "say how it is read: add `ask` and `match`");
  if ((ask === undefined) !== (match === undefined))
    complain("match", "`ask` and `match` go together: add the other one");
  if (point.scale === 0) complain("scale", "a scale of 0 makes every value equal: give the size of one step");
  if (point.range !== undefined && point.range.min > point.range.max)
    complain("range", "`min` is above `max`: swap them");
  const patterns = [
    ...(match === undefined ? [] : checkValueHole(match, path, "match")),
    ...(unsolicited === undefined ? [] : checkValueHole(unsolicited, path, "unsolicited")),
  ];
  if (write === undefined) return [...found, ...patterns];
  if (!capabilities[point.capability].writable)
    complain("write", "this capability is only ever read: remove `write`");
  if (write.min > write.max) complain("write", "`min` is above `max`: swap them");
  for (const value of [write.min, write.max])
    if (encodeText(point, value) === null)
      complain("write", `there is no word for ${value}: check \`enum\` and \`number\``);
  if (write.min !== write.max && !holesOf(write.command).includes("value"))
    complain("write", "`command` says nothing of the value: put {value} where it goes");
  return [...found, ...patterns];
}

function checkValueHole(pattern: string, path: ComplaintPath, key: string): readonly ProfileComplaint[] {
  if (holesOf(pattern).filter((name) => name === "value").length === 1) return [];
  return [{ path: [...path, key], message: "put {value} once where the value stands" }];
}

function checkGolden(profile: TextProfile): readonly ProfileComplaint[] {
  const wrong = profile.golden.flatMap((frame, index) =>
    checkGoldenText(profile, frame).map((message) => ({
      path: ["golden", index],
      message: `${frame.title}: ${message}`,
    })),
  );
  const covered = new Set(
    profile.golden.flatMap((frame) => {
      const way = coverageOfText(profile, frame);
      return frame.expect.map(({ capability }) => `${way} ${capability}`);
    }),
  );
  return [...wrong, ...missingFrames(profile, covered, isAsked)];
}
