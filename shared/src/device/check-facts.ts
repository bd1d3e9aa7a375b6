import { severityOf } from "./fault.ts";
import { kindOf, type Profile } from "./profile.ts";
import type { ProfileComplaint } from "./profile-complaint.ts";

/** What a person must be able to believe and read: sources, translations, alarms. */
export function checkFacts(profile: Profile): readonly ProfileComplaint[] {
  return [...checkSources(profile), ...checkTranslations(profile, []), ...checkAlarms(profile)];
}

/** A frame that is said to be printed or recorded must name a source of the file. */
function checkSources({ golden, sources, draft }: Profile): readonly ProfileComplaint[] {
  const wrong: ProfileComplaint[] = [...golden].flatMap((frame, index) => {
    const isKnown = frame.origin === "derived" || sources.some(({ title }) => frame.source.startsWith(title));
    if (isKnown) return [];
    const message = `${frame.title}: \`source\` begins with none of the titles in \`sources\`: add it there`;
    return [{ path: ["golden", index, "source"], message }];
  });
  const isSeen = sources.some(({ trust }) => trust === "bench" || trust === "field");
  if (isSeen && !draft && ![...golden].some((frame) => frame.origin === "recorded"))
    wrong.push({
      path: ["sources"],
      message: "`bench` and `field` want a golden frame that was recorded there",
    });
  return wrong;
}

/** The letters that Vietnamese has and English has not. */
const vietnameseLetter = /[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]/i;

function checkTranslations(node: unknown, path: readonly (string | number)[]): readonly ProfileComplaint[] {
  if (Array.isArray(node)) return node.flatMap((each, index) => checkTranslations(each, [...path, index]));
  if (typeof node !== "object" || node === null) return [];
  const entries = Object.entries(node);
  const texts = Object.fromEntries(entries.filter(([, text]) => typeof text === "string"));
  if (entries.length === 2 && texts.vi !== undefined && texts.en !== undefined) {
    if (!vietnameseLetter.test(texts.vi))
      return [{ path: [...path, "vi"], message: "this is not Vietnamese: translate it" }];
    if (texts.vi === texts.en) return [{ path: [...path, "en"], message: "the same as `vi`: translate it" }];
    return [];
  }
  return entries.flatMap(([key, each]) => checkTranslations(each, [...path, key]));
}

function checkAlarms({ points }: Profile): readonly ProfileComplaint[] {
  return [...points].flatMap((point, index) => {
    const { alarm } = point;
    if (alarm === undefined) return [];
    const say = (message: string) => [
      { path: ["points", index, "alarm"], message: `${point.capability}: ${message}` },
    ];
    if (kindOf(point) === "command") return say("a command is never read: remove `alarm`");
    if ("equals" in alarm.when && alarm.hysteresis > 0)
      return say("`hysteresis` goes with `above` and `below`: remove it");
    if (alarm.severity === "warning" && severityOf[alarm.fault] === "critical")
      return say(`${alarm.fault} is critical everywhere else: say \`severity: critical\``);
    return [];
  });
}
