/** The fixed words of the technician's sheet. */
export interface SheetWords {
  readonly heading: string;
  readonly models: string;
  readonly trust: Readonly<Record<"derived" | "manual" | "bench" | "field", string>>;
  readonly draft: string;
  readonly firmware: string;
  readonly safety: string;
  readonly wiring: string;
  readonly device: string;
  readonly box: string;
  readonly noTerminals: string;
  readonly setUp: string;
  readonly noSteps: string;
  readonly nothing: string;
  readonly line: string;
  readonly text: string;
  readonly parity: Readonly<Record<"none" | "even" | "odd", string>>;
  readonly serial: (baud: number, parity: string, stopBits: number) => string;
  readonly unit: (unit: number | string) => string;
  readonly network: (port: number, protocol: string) => string;
  readonly chips: string;
  readonly oneMaster: string;
  readonly termination: string;
  readonly reads: string;
  readonly value: string;
  readonly writable: string;
  readonly safety2: string;
  readonly atEnd: (name: string, value: string) => string;
  readonly lease: (name: string, minutes: number) => string;
  readonly timedOn: (seconds: number) => string;
  readonly watchdog: (seconds: number) => string;
  readonly doubts: string;
  readonly follows: string;
  readonly sources: string;
  readonly page: string;
  readonly done: string;
  readonly checks: readonly string[];
  readonly signature: string;
  readonly on: string;
  readonly off: string;
}

const vi: SheetWords = {
  heading: "PHIẾU ĐẤU DÂY VÀ CÀI ĐẶT",
  models: "Dùng cho",
  trust: {
    derived: "Độ tin cậy: suy ra, chưa đối chiếu tài liệu của hãng",
    manual: "Độ tin cậy: theo các nguồn ghi dưới đây, chưa thử trên máy thật",
    bench: "Độ tin cậy: đã thử trên bàn",
    field: "Độ tin cậy: đã chạy ngoài cột",
  },
  draft: "BẢN NHÁP: không dùng để lắp đặt.",
  firmware: "Phần mềm thiết bị",
  safety:
    "Ngắt điện và treo biển trước khi mở tủ. Đường loa 100 V có điện khi đang phát: tắt tăng âm rồi mới chạm vào.",
  wiring: "1. Đấu dây",
  device: "Cực trên thiết bị",
  box: "Nối tới",
  noTerminals: "(chưa có sơ đồ cực: xem tài liệu của hãng)",
  setUp: "2. Cài đặt trên thiết bị",
  noSteps: "(chưa ghi bước nào: xem tài liệu của hãng)",
  nothing: "(không có)",
  line: "3. Đường truyền",
  text: "Lệnh dạng chữ",
  parity: { none: "không chẵn lẻ", even: "chẵn lẻ: chẵn (even)", odd: "chẵn lẻ: lẻ (odd)" },
  serial: (baud, parity, stopBits) => `Nối tiếp ${baud} baud, 8 bit, ${parity}, ${stopBits} bit dừng`,
  unit: (unit) => `Địa chỉ khi xuất xưởng: ${unit}. Địa chỉ tại trạm: ______`,
  network: (port, protocol) => `Mạng, cổng ${port} (${protocol}). Địa chỉ IP tại trạm: ______________`,
  chips: "Chip GPIO",
  oneMaster: "Mỗi đường dây chỉ một hộp hỏi; mỗi thiết bị một địa chỉ riêng.",
  termination: "RS485: đấu điện trở 120 Ω ở hai đầu đường dây, không rẽ nhánh dài quá 1 m.",
  reads: "4. Phải đọc được những giá trị này",
  value: "Đọc tại chỗ",
  writable: "điều khiển được",
  safety2: "5. An toàn",
  atEnd: (name, value) => `Khi hộp dừng: ${name} → ${value}`,
  lease: (name, minutes) => `${name}: bật liên tục tối đa ${minutes} phút`,
  timedOn: (seconds) => `Hộp chết: thiết bị tự tắt sau ${seconds} giây`,
  watchdog: (seconds) => `Đặt mạch canh (watchdog) của thiết bị ${seconds} giây: hộp chết thì ngõ ra tự ngắt`,
  doubts: "6. Điều tài liệu nói khác nhau (xem lại trên máy)",
  follows: "đang theo",
  sources: "Nguồn",
  page: "trang",
  done: "7. Đánh dấu khi xong",
  checks: [
    "Dây đúng màu, vặn chặt, có nhãn hai đầu",
    "Hộp báo nhận đúng thiết bị",
    "Các giá trị ở mục 4 đúng với thực tế",
    "Phát thử: nghe rõ ở loa cuối đường",
    "Rút dây truyền: trang theo dõi báo lỗi; cắm lại: hết lỗi",
  ],
  signature: "Trạm: ____________________  Người lắp: ____________________  Ngày: ____/____/______",
  on: "bật",
  off: "tắt",
};

const en: SheetWords = {
  heading: "WIRING AND SET-UP SHEET",
  models: "For",
  trust: {
    derived: "Trust: derived, not compared with the maker's papers",
    manual: "Trust: as the sources below say, not tried on a unit",
    bench: "Trust: tried on the bench",
    field: "Trust: seen working on a pole",
  },
  draft: "DRAFT: not to be installed.",
  firmware: "Firmware",
  safety:
    "Switch off and tag before you open the cabinet. A 100 V line is live while it plays: amplifier off before you touch it.",
  wiring: "1. Wiring",
  device: "Terminal of the device",
  box: "Goes to",
  noTerminals: "(no terminals written down yet: see the maker's papers)",
  setUp: "2. Settings on the device",
  noSteps: "(no steps written down yet: see the maker's papers)",
  nothing: "(nothing)",
  line: "3. Line",
  text: "Commands as text",
  parity: { none: "no parity", even: "even parity", odd: "odd parity" },
  serial: (baud, parity, stopBits) => `Serial ${baud} baud, 8 bits, ${parity}, ${stopBits} stop bit(s)`,
  unit: (unit) => `Factory address: ${unit}. Address here: ______`,
  network: (port, protocol) => `Network, port ${port} (${protocol}). IP address here: ______________`,
  chips: "GPIO chip",
  oneMaster: "One box asks on each line; each device has its own address.",
  termination: "RS485: 120 Ω at both ends of the line, no branch longer than 1 m.",
  reads: "4. These values must be read",
  value: "Read here",
  writable: "can be set",
  safety2: "5. Safety",
  atEnd: (name, value) => `When the box stops: ${name} → ${value}`,
  lease: (name, minutes) => `${name}: on for at most ${minutes} minutes in one go`,
  timedOn: (seconds) => `If the box dies, the device goes off by itself after ${seconds} s`,
  watchdog: (seconds) => `Set the device's watchdog to ${seconds} s: its outputs open when the box dies`,
  doubts: "6. Where the papers disagree (look at the unit)",
  follows: "this file follows",
  sources: "Sources",
  page: "page",
  done: "7. Tick when done",
  checks: [
    "Wires right, tight and labelled at both ends",
    "The box reports the right device",
    "The values of part 4 are true",
    "Test sound is clear at the last loudspeaker of the line",
    "Data wire pulled: the page shows a fault; plugged in: it clears",
  ],
  signature: "Site: ____________________  Fitted by: ____________________  Date: ____/____/______",
  on: "on",
  off: "off",
};

export const sheetWords = { vi, en } as const;
