import type { GrantRole } from "../view/grant-form.ts";

/** What the page says of persons and their rights, in Vietnamese. */
export const peopleVi = {
  title: "Người dùng",
  explain:
    "Những người có quyền trong các địa bàn bạn quản trị. Mỗi quyền có ngày bắt đầu và có thể có ngày hết hạn.",
  none: "Chưa có ai.",
  add: "Thêm người dùng",
  addButton: "Tạo người dùng",
  nameHint: "Từ 2 đến 64 ký tự: a-z, 0-9 và . _ -",
  role: "Quyền",
  roleMeans: {
    viewer: "Chỉ xem.",
    author: "Soạn nội dung, xếp lịch, dừng phát.",
    approver: "Như biên tập, thêm: xác nhận ngoại lệ và soạn tin khẩn cấp.",
    "emergency-approver": "Phê duyệt tin khẩn cấp bằng khóa passkey có trong danh bạ khóa.",
    technician: "Lắp đặt cụm loa và hộp, dừng phát.",
    "area-admin": "Quản trị địa bàn: người dùng, quy tắc, địa bàn, cụm loa.",
    auditor: "Đọc nhật ký.",
    vendor: "Người của nhà cung cấp: lắp đặt cụm loa trong thời gian ngắn, không phát gì.",
  } satisfies Readonly<Record<GrantRole, string>>,
  area: "Địa bàn",
  from: "Từ ngày",
  fromHint: "Để trống: từ hôm nay.",
  lastDay: "Đến hết ngày",
  lastDayHint: "Để trống: không thời hạn.",
  lastDayOfVendor: "Nhà cung cấp được tối đa 30 ngày.",
  since: (date: string) => `từ ${date}`,
  give: "Cấp thêm quyền",
  giveButton: "Cấp quyền",
  end: "Kết thúc",
  endTitle: (grant: string) => `Kết thúc quyền «${grant}»?`,
  endExplain: "Quyền hết hiệu lực ngay.",
  link: "Tài khoản cơ quan",
  subject: "Mã tài khoản cơ quan",
  subjectHint: "Mã mà người đó thấy khi đăng nhập bằng tài khoản cơ quan lần đầu.",
  linkButton: "Gắn tài khoản",
  unlink: "Gỡ tài khoản",
  recover: "Cấp lại tài khoản",
  recoverTitle: (name: string) => `Cấp lại tài khoản của ${name}?`,
  recoverExplain:
    "Dùng khi tài khoản bị mất hoặc bị đánh cắp: mọi nơi đang đăng nhập bị đăng xuất, khóa passkey và tài khoản cơ quan bị gỡ, mật khẩu mới hiện một lần.",
  passwordOnce: (name: string) => `Mật khẩu của ${name}, chỉ hiện lần này:`,
};

export type PeopleTexts = typeof peopleVi;
