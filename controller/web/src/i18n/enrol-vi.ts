/** What the page says of boxes that come and go, in Vietnamese. */
export const enrolVi = {
  panel: "Ghép và thay hộp",
  panelHint:
    "Hộp mới nhận danh tính bằng mã ghép, dùng một lần trong 72 giờ. Khi hộp mới ghép xong, hộp đang dùng ở cụm này bị thu hồi ngay.",
  makeCode: "Cấp mã ghép",
  makeAnother: "Cấp mã khác",
  code: "Mã ghép",
  codeHint: "Mã chỉ hiện lần này. Mã cũ chưa dùng của cụm này không còn hiệu lực.",
  until: (when: string) => `Dùng được đến ${when}`,
  qr: "Mã ghép dạng QR",
  revoke: "Thu hồi hộp",
  revokeTitle: "Thu hồi hộp này?",
  revokeExplain:
    "Hộp bị ngắt ngay và không vào lại được: cụm loa này im lặng cho tới khi có hộp mới được ghép. Dùng khi hộp bị mất, bị trộm hoặc bị sao chép.",
  revoked: "Đã thu hồi hộp này.",
  cloned:
    "Có hai máy cùng mang danh tính của hộp này: thẻ nhớ có thể đã bị sao chép. Hãy tới kiểm tra, rồi thay hộp bằng mã ghép mới, hoặc xác nhận chỉ có một máy.",
  onlyOne: "Chỉ có một máy",
  onlyOneTitle: "Xác nhận chỉ có một máy?",
  onlyOneExplain: "Chỉ xác nhận sau khi đã tới tận nơi xem hộp. Việc xác nhận được ghi vào nhật ký.",
};
