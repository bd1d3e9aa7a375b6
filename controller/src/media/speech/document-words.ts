import type { WordTable } from "./word-table.ts";

/** The letters in the number of a document: what it is, and who issued it. Elsewhere some of them mean other things. */
export const documentKinds: WordTable = {
  QĐ: "quyết định",
  NĐ: "nghị định",
  NQ: "nghị quyết",
  TT: "thông tư",
  TTLT: "thông tư liên tịch",
  CT: "chỉ thị",
  KH: "kế hoạch",
  TB: "thông báo",
  CV: "công văn",
  BC: "báo cáo",
  TTr: "tờ trình",
  HD: "hướng dẫn",
  CĐ: "công điện",
  GM: "giấy mời",
  PA: "phương án",
  L: "luật",
  CTr: "chương trình",
};

export const documentIssuers: WordTable = {
  CP: "Chính phủ",
  TU: "Tỉnh ủy",
  ĐU: "Đảng ủy",
  VP: "văn phòng",
};
