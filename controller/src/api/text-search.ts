/** Lower case without marks, so that `vinh hai` finds `Vĩnh Hải` and `da` finds `Đá`. */
export function foldText(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .trim();
}
