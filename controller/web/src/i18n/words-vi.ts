import { capabilityWordsVi } from "@loa/shared/device/capability-words-vi.ts";
import { durationText } from "../view/ages.ts";
import type { Finding } from "../view/findings.ts";
import { problemsVi } from "./problems-vi.ts";
import type { Words } from "./words.ts";

export const wordsVi: Words = {
  presence: {
    online: "Trực tuyến",
    suspect: "Nghi mất liên lạc",
    offline: "Mất liên lạc",
    unknown: "Chưa rõ",
  },
  presenceAgainst: {
    suspect: "nghi mất liên lạc",
    offline: "mất liên lạc",
    unknown: "chưa nghe tin từ hộp",
  },
  readiness: { ready: "Sẵn sàng", "not-ready": "Chưa sẵn sàng", unknown: "Chưa rõ" },
  verdict: {
    heard: "Đã nghe được",
    played: "Đã phát",
    partial: "Phát một phần",
    missed: "Không phát được",
    refused: "Từ chối phát",
    unknown: "Chưa rõ kết quả",
  },
  verdictMeans: {
    heard: "Nghe được: đã đo thấy tiếng ở đầu ra tăng âm.",
    played: "Đã phát: tăng âm đã bật và có tiếng, nhưng không có thiết bị đo ở đầu ra.",
    partial: "Chỉ phát được một phần.",
    missed: "Không phát được.",
    refused: "Hộp từ chối phát theo quy định.",
    unknown: "Chưa có báo cáo từ hộp.",
  },
  cause: {
    "content-missing": "hộp chưa tải đủ tệp âm thanh",
    "content-bad": "tệp âm thanh trên hộp bị hỏng",
    "decoder-failed": "không giải mã được tệp âm thanh",
    "sink-failed": "cổng âm thanh của hộp bị lỗi",
    "silent-source": "tệp âm thanh không có tiếng",
    "relay-failed": "mất nguồn tiếp âm",
    "clock-untrusted": "đồng hồ của hộp chưa tin cậy được",
    "quiet-hours": "rơi vào giờ yên tĩnh",
    "safety-limit": "vượt giới hạn an toàn đặt sẵn trong hộp",
    "silenced-locally": "hộp đã bị tắt tiếng bằng khóa tại chỗ",
    "pre-empted": "bị chương trình có thứ tự cao hơn chen ngang",
    stopped: "bị lệnh dừng phát",
    cancelled: "thông báo đã bị hủy",
    withdrawn: "lịch phát đã bị rút",
    "power-cut": "hộp bị mất điện",
    "too-late": "quá giờ phát cho phép",
    "disk-full": "bộ nhớ của hộp đã đầy",
    "amplifier-unreachable": "tăng âm không trả lời",
    "amplifier-refused": "tăng âm từ chối lệnh",
    "amplifier-wrong-identity": "tăng âm không đúng loại đã khai báo",
    "amplifier-silent": "tăng âm bật nhưng không có tiếng",
    "amplifier-thermal": "tăng âm quá nóng nên tự ngắt",
    "amplifier-overload": "tăng âm quá tải nên tự ngắt",
    "line-open": "đứt đường loa",
    "line-short": "chập đường loa",
    "mains-lost": "mất điện lưới",
    "battery-low": "ắc quy yếu",
    "self-test-failed": "tự kiểm tra không đạt",
    "self-test-stale": "lâu chưa tự kiểm tra",
    offline: "hộp mất liên lạc",
    "no-report": "hộp không gửi báo cáo",
  },
  fault: {
    "amplifier-unreachable": "Tăng âm không trả lời",
    "amplifier-refused": "Tăng âm từ chối lệnh",
    "amplifier-wrong-identity": "Tăng âm không đúng loại đã khai báo",
    "amplifier-silent": "Tăng âm bật nhưng không có tiếng",
    "amplifier-overload": "Tăng âm quá tải",
    "amplifier-thermal": "Tăng âm quá nóng",
    "amplifier-short": "Chập đường loa",
    "amplifier-clipping": "Tăng âm bị vỡ tiếng do quá mức",
    "line-short": "Chập đường loa (đo tại đường dây)",
    "line-drifting": "Đường loa lệch dần so với trước",
    "device-unreachable": "Thiết bị trong tủ không trả lời",
    "line-open": "Đứt đường loa",
    "mains-lost": "Mất điện lưới",
    "cabinet-open": "Tủ thiết bị đang mở",
    "cabinet-tampered": "Tủ thiết bị bị phá",
    "cabinet-hot": "Trong tủ quá nóng",
    "battery-low": "Ắc quy yếu",
    "battery-missing": "Không có ắc quy dự phòng",
    "supply-fault": "Bộ nguồn bị lỗi",
    "self-test-failed": "Tự kiểm tra không đạt",
    "clock-untrusted": "Đồng hồ của hộp chưa tin cậy được",
    "clock-wrong": "Đồng hồ của hộp sai giờ",
    "content-missing": "Thiếu tệp âm thanh cho lịch phát",
    "disk-full": "Bộ nhớ của hộp đã đầy",
    "sink-failed": "Cổng âm thanh của hộp bị lỗi",
    "sound-engine-lost": "Bộ phát âm thanh của hộp ngừng hoạt động",
    "relay-lost": "Mất nguồn tiếp âm",
    "dead-air": "Đang phát nhưng không có tiếng",
    "stuck-sound": "Âm thanh bị lặp hoặc kẹt tiếng",
    "sound-clipping": "Âm thanh bị vỡ tiếng do quá mức",
    "plan-refused": "Hộp từ chối lịch phát mới",
    "box-cloned": "Có hai máy cùng mang danh tính của hộp này",
    "roster-refused": "Hộp nhận được danh bạ khóa không đáng tin",
    "silenced-locally": "Đã tắt tiếng bằng khóa tại hộp",
    "words-missing": "Lời báo khẩn cấp có sẵn trong hộp bị thiếu hoặc hỏng",
  },
  deviceFailure: {
    timeout: "không trả lời",
    "bad-crc": "trả lời nhưng sai mã kiểm tra (nhiễu đường truyền)",
    exception: "báo lỗi khi được hỏi",
    "wrong-reply": "trả lời sai câu hỏi",
    closed: "mất đường kết nối (rút dây hoặc tắt nguồn)",
    "wrong-identity": "không đúng loại thiết bị đã khai báo",
    "not-supported": "phần mềm chưa điều khiển được loại này",
  },
  planProblem: {
    "plan-too-large": "Địa bàn có quá nhiều lịch, bản mới không gửi được; hãy thu hồi bớt",
    "too-many-schedules": "Địa bàn có quá nhiều lịch, bản mới không gửi được; hãy thu hồi bớt",
    "too-many-clips": "Lịch có quá nhiều tệp âm thanh, bản mới không gửi được; hãy thu hồi bớt",
    "too-many-relays": "Lịch tiếp âm quá nhiều đài, bản mới không gửi được; hãy thu hồi bớt",
    "no-area": "Địa bàn của cụm loa không còn hiệu lực, bản mới không gửi được",
  },
  severity: { warning: "Cảnh báo", critical: "Nghiêm trọng" },
  capability: capabilityWordsVi,
  areaKind: { province: "Tỉnh", district: "Huyện", commune: "Xã, phường", village: "Thôn, tổ dân phố" },
  class: { normal: "Thông thường", priority: "Ưu tiên", emergency: "Khẩn cấp" },
  field: {
    "policy-and-law": "Chính sách, pháp luật",
    "local-programmes": "Chương trình, dự án của địa phương",
    "economy-culture-society": "Kinh tế, văn hóa, xã hội, khoa học",
    "security-and-defence": "An ninh, quốc phòng",
    "disaster-and-emergency": "Thiên tai, hỏa hoạn, khẩn cấp, dịch bệnh",
    "good-models": "Gương tốt, mô hình hay",
    "crime-prevention": "Phòng, chống tội phạm",
    "goods-and-services": "Hàng hóa, dịch vụ phục vụ sản xuất ở địa phương",
    other: "Nội dung khác",
  },
  weekday: { 1: "T2", 2: "T3", 3: "T4", 4: "T5", 5: "T6", 6: "T7", 7: "CN" },
  weekdayLong: {
    1: "Thứ Hai",
    2: "Thứ Ba",
    3: "Thứ Tư",
    4: "Thứ Năm",
    5: "Thứ Sáu",
    6: "Thứ Bảy",
    7: "Chủ nhật",
  },
  ...problemsVi,
  age: ({ count, unit }) => `${count} ${{ second: "giây", minute: "phút", hour: "giờ", day: "ngày" }[unit]}`,
  finding: findingVi,
  bool: (on) => (on ? "có" : "không"),
};

function findingVi(finding: Finding): string {
  switch (finding.kind) {
    case "amplifier-level":
      return `Đầu ra tăng âm đo được ${decibels(finding.db)} dBFS.`;
    case "amplifier-quiet":
      return `Đầu ra tăng âm chỉ đo được ${decibels(finding.db)} dBFS, coi như không có tiếng.`;
    case "amplifier-meter":
      return `Đồng hồ mức của tăng âm chỉ ${Math.round(finding.percent)} %.`;
    case "microphone-heard":
      return `Micrô gần loa nghe đúng tiếng đang phát (khớp ${Math.round(finding.match * 100)} %).`;
    case "microphone-deaf":
      return `Micrô gần loa không nghe thấy tiếng đang phát (khớp ${Math.round(finding.match * 100)} %).`;
    case "unmeasured":
      return `Có ${durationText(finding.ms)} không đo được đầu ra.`;
    case "line-current":
      return `Đường loa có dòng điện ${finding.amperes.toFixed(2).replace(".", ",")} A.`;
    case "amplifier-on":
      return "Đọc lại thấy tăng âm đã bật.";
    case "amplifier-off":
      return "Đọc lại thấy tăng âm vẫn tắt.";
    case "amplifier-unread":
      return "Không đọc được trạng thái tăng âm.";
    case "nobody-measured":
      return "Không có thiết bị đo tiếng ở đầu ra.";
    case "mixer-level":
      return `Tín hiệu đưa vào tăng âm đạt ${decibels(finding.db)} dBFS.`;
    case "nothing-played":
      return "Không có đoạn âm thanh nào được phát.";
    case "played-whole":
      return `Đã phát trọn ${durationText(finding.playedMs)}.`;
    case "played-part":
      return `Mới phát ${durationText(finding.playedMs)} trên ${durationText(finding.dueMs)}.`;
    case "started":
      return `Bắt đầu ${offsetVi(finding.errorMs)}.`;
    case "clock":
      return `Đồng hồ hộp: ${clockVi[finding.source]}${
        finding.errorMs === null ? "" : `, sai số khoảng ${Math.round(finding.errorMs)} ms`
      }.`;
  }
}

const clockVi = {
  synced: "đồng bộ qua mạng",
  controller: "theo giờ trung tâm",
  holdover: "tự giữ giờ khi mất mạng",
  rtc: "theo đồng hồ gắn trong máy",
  untrusted: "chưa tin cậy được",
} as const;

function offsetVi(errorMs: number): string {
  if (Math.abs(errorMs) < 1_000) return `đúng giờ (lệch ${Math.abs(Math.round(errorMs))} ms)`;
  const seconds = (Math.abs(errorMs) / 1_000).toFixed(1).replace(".", ",");
  return errorMs > 0 ? `muộn ${seconds} giây` : `sớm ${seconds} giây`;
}

/** A true minus sign, and the comma of Vietnamese numbers. */
function decibels(db: number): string {
  return db.toFixed(1).replace("-", "−").replace(".", ",");
}
