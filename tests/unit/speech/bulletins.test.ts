import { dialects } from "@loa/controller/media/speech/dialect.ts";
import { spokenText } from "@loa/controller/media/speech/spoken-text.ts";
import { assert, property, string, stringMatching } from "fast-check";
import { describe, expect, test } from "vitest";
import { cpuMsOf } from "../../support/cpu-time.ts";

describe("a whole bulletin", () => {
  test("of a flood is words and pauses only", () => {
    const written = `THÔNG BÁO KHẨN CẤP
UBND phường Nam Nha Trang thông báo: theo tin của Đài KTTV tỉnh Khánh Hòa, từ 13h ngày 19/11 đến 7h ngày 20/11,
lượng mưa phổ biến 100-200mm, có nơi trên 350 mm/đợt. Hồ Suối Dầu xả lũ 150 - 250m3/s!
- Bà con vùng trũng sơ tán TRƯỚC 17h30.
- Khi cần cứu giúp, gọi 114 hoặc (0258) 3822.111`;
    const { text, notices } = spokenText(written, "north");
    expect(text).toBe(
      `Thông báo khẩn cấp.
Ủy ban nhân dân phường Nam Nha Trang thông báo: theo tin của Đài khí tượng thủy văn tỉnh Khánh Hòa, từ mười ba giờ ngày mười chín tháng mười một đến bảy giờ ngày hai mươi tháng mười một, lượng mưa phổ biến một trăm đến hai trăm mi li mét, có nơi trên ba trăm năm mươi mi li mét mỗi đợt. Hồ Suối Dầu xả lũ một trăm năm mươi đến hai trăm năm mươi mét khối trên giây.
Bà con vùng trũng sơ tán trước mười bảy giờ ba mươi phút.
Khi cần cứu giúp, gọi một một bốn hoặc không hai năm tám, ba tám hai hai, một một một.`.replaceAll(
        ",\n",
        "\n",
      ),
    );
    expect(notices).toEqual([]);
  });

  test("in capitals is read as words, its abbreviations as what they mean", () => {
    const { text } = spokenText("THÔNG BÁO CẮT ĐIỆN CỦA UBND XÃ. ĐỀ NGHỊ BÀ CON CA HÁT NHỎ", "north");
    expect(text).toBe("Thông báo cắt điện của Ủy ban nhân dân xã. Đề nghị bà con ca hát nhỏ.");
  });

  test("with points is read point by point", () => {
    expect(spokenText("1. Thời gian: 7h\na) Tại nhà văn hóa\n• Mang theo thẻ", "north").text).toBe(
      "Một, Thời gian: bảy giờ.\nA, Tại nhà văn hóa.\nMang theo thẻ.",
    );
  });

  test("in letters that were put together from parts is read like any other", () => {
    const written = "Ủy ban xã thông báo";
    expect(spokenText(written.normalize("NFD"), "north").text).toBe("Ủy ban xã thông báo.");
  });
});

describe("whatever is typed", () => {
  const isSpeech = /^[\p{L}\p{M} ,.:?\n]*$/u;
  const readable = stringMatching(/^[a-zA-ZàÀđĐệ0-9 ./:,°%&()\n-]{0,200}$/);

  test("comes to an end as letters and pauses, and the same twice", () => {
    assert(
      property(string({ unit: "grapheme", maxLength: 300 }), (written) => {
        const { text } = spokenText(written, "south");
        expect(text.match(isSpeech)?.[0]).toBe(text);
        expect(spokenText(written, "south").text).toBe(text);
      }),
    );
    assert(
      property(readable, (written) => {
        for (const dialect of dialects) {
          const { text, notices } = spokenText(written, dialect);
          expect(text).toMatch(isSpeech);
          const lost = notices.filter((one) => one.kind === "left-out" && /^[\p{L}\d]$/u.test(one.written));
          expect(lost).toEqual([]);
        }
      }),
    );
  });

  test("takes no long time, however hostile", async () => {
    const parts = ["1.", "1-", "0 ", "A.", "a&", "(", "http://", "1/", "1,", "Z1", "v.v", "A-", "\n", "Ê"];
    const cpuMs = await cpuMsOf(() => {
      for (const part of parts) spokenText(part.repeat(2_000), "north");
    });
    expect(cpuMs).toBeLessThan(3_000);
  });
});
