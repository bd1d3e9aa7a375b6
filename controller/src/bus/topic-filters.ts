/** MQTT 3.1.1, 4.7: `+` stands for one level, `#` at the end for any number of them. */
export function isPattern(filter: string): boolean {
  return filter.includes("+") || filter.includes("#");
}

/** A wildcard fills its level alone, and nothing follows `#` (4.7.1-2, 4.7.1-3). */
export function isGoodFilter(filter: string): boolean {
  const levels = filter.split("/");
  return levels.every(
    (level, index) => !isPattern(level) || level === "+" || (level === "#" && index === levels.length - 1),
  );
}

export function matchesTopic(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  // A pattern that begins with a wildcard says nothing of `$SYS` and its like (4.7.2-1).
  if (topic.startsWith("$") && !filter.startsWith("$")) return false;
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [index, level] of wanted.entries()) {
    if (level === "#") return true;
    if (index >= levels.length || (level !== "+" && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
