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
    const text = plain(`${row.userName ?? ""} ${row.act} ${wordsFor(row.act)} ${row.subject}`);
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
