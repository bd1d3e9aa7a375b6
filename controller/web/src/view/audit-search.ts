import type { AuditRow } from "../api/audit-calls.ts";

/** Rows in which all the typed words stand, wherever; marks and case do not matter. */
export function searched(
  rows: readonly AuditRow[],
  typed: string,
  wordsFor: (act: string) => string,
): readonly AuditRow[] {
  const wanted = plain(typed)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const { userName, act, subject, detail } = row;
    const text = plain(`${userName ?? ""} ${act} ${wordsFor(act)} ${subject} ${JSON.stringify(detail)}`);
    return wanted.every((word) => text.includes(word));
  });
}

/** «Thu hồi» is found by `thu hoi` too. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replaceAll("đ", "d")
    .replaceAll("Đ", "D")
    .toLocaleLowerCase("vi");
}
