import { numberWords } from "@loa/controller/media/speech/dialect.ts";
import { sayWhole } from "@loa/controller/media/speech/number-words.ts";
import { romanValue } from "@loa/controller/media/speech/roman.ts";
import { spokenText } from "@loa/controller/media/speech/spoken-text.ts";
import { describe, expect, test } from "vitest";

const said = (written: string) => spokenText(`x ${written}`, "north").text.replace(/^Ích |\.$/g, "");

describe("a whole number", () => {
  test.each([
    ["0", "không"],
    ["10", "mười"],
    ["11", "mười một"],
    ["15", "mười lăm"],
    ["20", "hai mươi"],
    ["21", "hai mươi mốt"],
    ["24", "hai mươi tư"],
    ["105", "một trăm linh năm"],
    ["110", "một trăm mười"],
    ["1005", "một nghìn không trăm linh năm"],
    ["2026", "hai nghìn không trăm hai mươi sáu"],
    ["1000000", "một triệu"],
    ["1234567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy"],
    ["1000005", "một triệu không trăm linh năm"],
    ["5000000000000", "năm nghìn tỷ"],
    ["5200000000000", "năm nghìn hai trăm tỷ"],
    [
      "1000000000000001",
      "một không không không không không không không không không không không không không không một",
    ],
  ])("%s is «%s»", (digits, words) => {
    expect(sayWhole(digits, numberWords.north)).toBe(words);
  });

  test("is said otherwise in the south", () => {
    expect(sayWhole("2105", numberWords.south)).toBe("hai ngàn một trăm lẻ năm");
  });
});

describe("as bulletins write them", () => {
  test.each([
    ["1.234.567 người", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy người"],
    ["2,500,000 đồng", "hai triệu năm trăm nghìn đồng"],
    ["3,5 tỷ đồng", "ba phẩy năm tỷ đồng"],
    ["98,75%", "chín mươi tám phẩy bảy mươi lăm phần trăm"],
    ["0,05", "không phẩy không năm"],
    ["05 hộ", "năm hộ"],
    ["thôn 1,2,3 và 4", "thôn một, hai, ba và bốn"],
    ["100-200mm", "một trăm đến hai trăm mi li mét"],
    ["5 – 10 mm", "năm đến mười mi li mét"],
    ["hôm nay -5°C", "hôm nay âm năm độ xê"],
    ["22-24°C", "hai mươi hai đến hai mươi tư độ xê"],
    ["50m3/s", "năm mươi mét khối trên giây"],
    ["gió cấp 6-7 (39-61km/h)", "gió cấp sáu đến bảy, ba mươi chín đến sáu mươi mốt ki lô mét trên giờ"],
    ["350 mm/đợt", "ba trăm năm mươi mi li mét mỗi đợt"],
    ["500.000đ/người", "năm trăm nghìn đồng mỗi người"],
    ["5 triệu đồng/ha", "năm triệu đồng mỗi héc ta"],
    ["45/60 hộ", "bốn mươi lăm trên sáu mươi hộ"],
    ["2 ảnh 3x4", "hai ảnh ba nhân bốn"],
    ["13,5°N; 112,3°E", "mười ba phẩy năm độ vĩ Bắc, một trăm mười hai phẩy ba độ kinh Đông"],
    ["12.5°N-110.2°E", "mười hai chấm năm độ vĩ Bắc, một trăm mười chấm hai độ kinh Đông"],
    ["sóng cao 2,0 - 4,0m", "sóng cao hai đến bốn mét"],
    ["2 ngày 1 đêm", "hai ngày một đêm"],
  ])("%s is «%s»", (written, words) => {
    expect(said(written)).toBe(words);
  });
});

describe("a number of the Romans", () => {
  test.each([
    ["Khu vực III", "Khu vực ba"],
    ["Quý IV/2026", "Quý bốn năm hai nghìn không trăm hai mươi sáu"],
    ["kỳ họp thứ I", "kỳ họp thứ nhất"],
    ["lần thứ IV", "lần thứ tư"],
    ["trên báo động II-III", "trên báo động hai đến ba"],
  ])("%s is «%s»", (written, words) => {
    expect(said(written)).toBe(words);
  });

  test.each([
    ["XIV", 14],
    ["IX", 9],
    ["IIII", null],
    ["VX", null],
    ["", null],
  ])("%s counts %s", (letters, value) => {
    expect(romanValue(letters)).toBe(value);
  });
});
