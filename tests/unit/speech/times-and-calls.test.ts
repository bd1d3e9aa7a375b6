import { spokenText } from "@loa/controller/media/speech/spoken-text.ts";
import { describe, expect, test } from "vitest";

const said = (written: string) => spokenText(`x ${written}`, "north").text.replace(/^Ích |\.$/g, "");

describe("a date", () => {
  const year = "năm hai nghìn không trăm hai mươi sáu";
  test.each([
    ["ngày 23/11/2026", `ngày hai mươi ba tháng mười một ${year}`],
    ["23-11-2026", `ngày hai mươi ba tháng mười một ${year}`],
    ["sáng 5/4", "sáng ngày mùng năm tháng tư"],
    ["mùng 3/3 âm lịch", "mùng ba tháng ba âm lịch"],
    ["Quốc khánh 2/9", "Quốc khánh ngày mùng hai tháng chín"],
    ["từ 20-25/11", "từ ngày hai mươi đến hai mươi lăm tháng mười một"],
    ["20/11 - 25/11", "ngày hai mươi tháng mười một đến ngày hai mươi lăm tháng mười một"],
    ["ngày 2 tháng 9", "ngày mùng hai tháng chín"],
    ["tháng 4/2026", `tháng tư ${year}`],
    ["thứ 4", "thứ tư"],
    [
      "giai đoạn 2021-2025",
      "giai đoạn hai nghìn không trăm hai mươi mốt đến hai nghìn không trăm hai mươi lăm",
    ],
  ])("%s is «%s»", (written, words) => {
    expect(said(written)).toBe(words);
  });

  test.each([
    ["3/4 kế hoạch", "ba phần tư kế hoạch"],
    ["trực 24/7", "trực hai mươi tư trên bảy"],
    ["số nhà 12/3", "số nhà mười hai trên ba"],
    ["45/70", "bốn mươi lăm trên bảy mươi"],
  ])("is not what %s is", (written, words) => {
    expect(said(written)).toBe(words);
  });
});

describe("a time of day", () => {
  test.each([
    ["05:00", "năm giờ"],
    ["5h30", "năm giờ ba mươi phút"],
    ["17h", "mười bảy giờ"],
    ["7g30", "bảy giờ ba mươi phút"],
    ["17 giờ 05 phút", "mười bảy giờ năm phút"],
    ["08 giờ 00", "tám giờ"],
    ["5g sáng", "năm giờ sáng"],
    ["lúc 19 h 30", "lúc mười chín giờ ba mươi phút"],
    ["trong 48h", "trong bốn mươi tám giờ"],
    ["7h-9h", "bảy giờ đến chín giờ"],
    ["5 giờ - 7 giờ", "năm giờ đến bảy giờ"],
  ])("%s is «%s»", (written, words) => {
    expect(said(written)).toBe(words);
  });
});

describe("a number to call", () => {
  test.each([
    ["gọi 113, 114 hoặc 115", "gọi một một ba, một một bốn hoặc một một năm"],
    ["0912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"],
    ["0905123456", "không chín không năm, một hai ba, bốn năm sáu"],
    ["(0258) 3822 111", "không hai năm tám, ba tám hai hai, một một một"],
    ["+84 912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"],
    ["xe 79A-123.45", "xe bảy chín a, một hai ba bốn năm"],
    ["gọi 19001909", "gọi một chín không không, một chín không chín"],
    ["tổng đài 1900 9095", "tổng đài một chín không không, chín không chín năm"],
    ["tài khoản 0123456789012", "tài khoản không một hai ba, bốn năm sáu, bảy tám chín, không một hai"],
  ])("%s is said digit by digit", (written, words) => {
    expect(said(written)).toBe(words);
  });

  test.each([
    ["113 hộ bị ngập", "một trăm mười ba hộ bị ngập"],
    ["gọi thêm 115 người", "gọi thêm một trăm mười lăm người"],
    ["nhà số 113 Trần Phú", "nhà số một trăm mười ba Trần Phú"],
    ["1000000000 đồng", "một tỷ đồng"],
    [
      "bão số 13 (118-149km/h)",
      "bão số mười ba, một trăm mười tám đến một trăm bốn mươi chín ki lô mét trên giờ",
    ],
  ])("is not what %s is", (written, words) => {
    expect(said(written)).toBe(words);
  });
});
