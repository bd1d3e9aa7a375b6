import { abbreviations } from "@loa/controller/media/speech/abbreviations.ts";
import { spokenText } from "@loa/controller/media/speech/spoken-text.ts";
import { mayBeSyllable } from "@loa/controller/media/speech/syllables.ts";
import { describe, expect, test } from "vitest";

const spoken = (written: string) => spokenText(`x ${written}`, "north");
const said = (written: string) => spoken(written).text.replace(/^Ích |\.$/g, "");

describe("what is written short", () => {
  test.each([
    ["UBND phường", "Ủy ban nhân dân phường"],
    ["BCH PCTT&TKCN xã", "Ban chỉ huy Phòng chống thiên tai và Tìm kiếm cứu nạn xã"],
    ["TP. Nha Trang", "thành phố Nha Trang"],
    ["TP.HCM", "thành phố Hồ Chí Minh"],
    ["P. Vĩnh Hải, Q.1", "phường Vĩnh Hải, quận một"],
    ["thẻ BHYT, CCCD", "thẻ bảo hiểm y tế, căn cước công dân"],
    ["lực lượng CSGT, PCCC và CNCH", "lực lượng Cảnh sát giao thông, phòng cháy chữa cháy và cứu nạn cứu hộ"],
    ["PGS.TS. Nguyễn Văn An", "phó giáo sư tiến sĩ Nguyễn Văn An"],
    ["QL1A", "quốc lộ một a"],
    ["đường ĐT.652, QL 27B", "đường đường tỉnh sáu trăm năm mươi hai, quốc lộ hai mươi bảy bê"],
    ["V/v tiêm chủng", "về việc tiêm chủng"],
    ["trạm T.5", "trạm tê năm"],
    ["1.200 ha x 2 vụ", "một nghìn hai trăm héc ta nhân hai vụ"],
    ["trên BĐ2", "trên báo động hai"],
    ["ngành GD&ĐT", "ngành Giáo dục và Đào tạo"],
    ["rau, củ, v.v.", "rau, củ, vân vân"],
    ["dịch COVID-19", "dịch cô vít mười chín"],
    ["qua Zalo", "qua za lô"],
    ["CA xã", "Công an xã"],
  ])("%s is «%s», and nobody is bothered with it", (written, words) => {
    expect(said(written)).toBe(words);
    expect(spoken(written).notices).toEqual([]);
  });

  test.each([
    [
      "Nghị định số 49/2024/NĐ-CP",
      "Nghị định số bốn mươi chín, năm hai nghìn không trăm hai mươi tư, Chính phủ",
    ],
    ["số 1234/QĐ-UBND", "số một nghìn hai trăm ba mươi tư, quyết định, Ủy ban nhân dân"],
    [
      "Luật số 31/2024/QH15",
      "Luật số ba mươi mốt, năm hai nghìn không trăm hai mươi tư, Quốc hội khóa mười lăm",
    ],
  ])("%s is the number of a document", (written, words) => {
    expect(said(written)).toBe(words);
  });

  test("is in no table twice with another end, and each entry says something", () => {
    for (const [written, words] of Object.entries(abbreviations)) {
      expect(words.trim(), written).not.toBe("");
      expect(words, written).not.toMatch(/[A-ZĐ]{2}/u);
    }
  });
});

describe("what the machine can only spell or guess", () => {
  test("is told to the author, once each", () => {
    const { text, notices } = spoken("BVTM và BVTM, bão KALMAEGI, xã Raglai");
    expect(text).toContain("bê vê tê mờ và bê vê tê mờ");
    expect(notices).toEqual([
      { kind: "spelled", written: "BVTM", spoken: "bê vê tê mờ" },
      { kind: "foreign", written: "KALMAEGI", spoken: "Kalmaegi" },
      { kind: "foreign", written: "Raglai", spoken: "Raglai" },
    ]);
  });

  test.each([
    "https://khanhhoa.gov.vn/tin-tuc.html",
    "www.loa.vn",
    "ubnd@khanhhoa.gov.vn",
    "khanhhoa.gov.vn",
    "🌊",
  ])("%s is left out, and the author is told", (written) => {
    const { text, notices } = spoken(`Xem ${written}.`);
    expect(text).toBe("Ích Xem.");
    expect(notices).toEqual([{ kind: "left-out", written, spoken: "" }]);
  });
});

test.each(["nghiêng", "khuya", "quốc", "giếng", "Đắk", "xoong", "ĐƯỜNG", "huỳnh", "y"])(
  "«%s» may be a syllable",
  (word) => {
    expect(mayBeSyllable(word)).toBe(true);
  },
);
test.each(["UBND", "thpt", "facebook", "radio", "video", "Krông"])("«%s» is none", (word) => {
  expect(mayBeSyllable(word)).toBe(false);
});
