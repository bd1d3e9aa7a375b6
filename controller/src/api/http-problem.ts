import { z } from "@hono/zod-openapi";

interface Words {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 416 | 421 | 422 | 429 | 500 | 503 | 507;
  readonly en: string;
  readonly vi: string;
}

/** Every refusal of the API by its literal. The page may show the titles, and branches on the literal only. */
export const problems = {
  "bad-request": { status: 400, en: "The request is not understood", vi: "Yêu cầu không hợp lệ" },
  "not-signed-in": { status: 401, en: "Sign in first", vi: "Hãy đăng nhập" },
  "wrong-password": { status: 401, en: "Name or password is wrong", vi: "Sai tên hoặc mật khẩu" },
  "wrong-credential": { status: 401, en: "Box or password is wrong", vi: "Sai mã hộp hoặc mật khẩu" },
  "wrong-passkey": { status: 401, en: "This passkey does not fit", vi: "Khóa passkey không khớp" },
  "step-up-needed": {
    status: 403,
    en: "Show once more who you are",
    vi: "Hãy xác thực lại trước khi làm việc này",
  },
  "break-glass-only": {
    status: 403,
    en: "Sign in at your office's provider",
    vi: "Hãy đăng nhập bằng tài khoản cơ quan",
  },
  "provider-unreachable": {
    status: 503,
    en: "The sign-in of your office does not answer",
    vi: "Hệ thống đăng nhập của cơ quan không trả lời",
  },
  "passkey-refused": {
    status: 422,
    en: "This passkey cannot be used",
    vi: "Không dùng được khóa passkey này",
  },
  "too-many-passkeys": { status: 409, en: "You have too many passkeys", vi: "Bạn có quá nhiều khóa passkey" },
  forbidden: { status: 403, en: "Your role does not allow this", vi: "Vai trò của bạn không được phép" },
  "area-not-yours": {
    status: 403,
    en: "This area is not yours",
    vi: "Địa bàn này không thuộc quyền của bạn",
  },
  "bad-origin": { status: 403, en: "The request comes from elsewhere", vi: "Yêu cầu đến từ trang khác" },
  "not-in-plan": {
    status: 403,
    en: "Not in the plan of this box",
    vi: "Không có trong kế hoạch của hộp này",
  },
  "not-found": { status: 404, en: "There is no such thing here", vi: "Không tìm thấy" },
  "already-there": { status: 409, en: "This id is taken", vi: "Mã này đã được dùng" },
  "name-taken": { status: 409, en: "Somebody has this name", vi: "Tên này đã có người dùng" },
  "already-withdrawn": { status: 409, en: "It was withdrawn before", vi: "Đã được thu hồi trước đó" },
  "already-revoked": { status: 409, en: "It was revoked before", vi: "Đã bị thu hồi trước đó" },
  "no-exception-asked": {
    status: 409,
    en: "Nobody waits for this confirmation",
    vi: "Không có ngoại lệ nào chờ xác nhận",
  },
  "same-person": {
    status: 403,
    en: "A second person has to confirm this",
    vi: "Phải do người thứ hai xác nhận",
  },
  "claim-mistyped": {
    status: 422,
    en: "The code has a typing mistake",
    vi: "Mã ghép bị gõ sai",
  },
  "claim-unknown": { status: 404, en: "This code is not known", vi: "Không có mã ghép này" },
  "claim-used": { status: 409, en: "This code was used before", vi: "Mã ghép đã được dùng" },
  "claim-expired": { status: 409, en: "This code is too old", vi: "Mã ghép đã hết hạn" },
  "request-missing": {
    status: 422,
    en: "A certificate has to be asked for here",
    vi: "Ở đây hộp phải xin chứng thư",
  },
  "request-malformed": {
    status: 422,
    en: "This is no request for a certificate",
    vi: "Yêu cầu cấp chứng thư không đọc được",
  },
  "request-not-signed": {
    status: 422,
    en: "The request is not signed by its own key",
    vi: "Yêu cầu cấp chứng thư không được ký bằng chính khóa của nó",
  },
  "request-wrong-key": {
    status: 422,
    en: "Only keys on P-256 are certified",
    vi: "Chỉ cấp chứng thư cho khóa P-256",
  },
  "request-wrong-name": {
    status: 422,
    en: "The request names somebody else",
    vi: "Yêu cầu cấp chứng thư mang tên khác",
  },
  "request-wants-more": {
    status: 422,
    en: "The request wants rights that no box is given",
    vi: "Yêu cầu cấp chứng thư đòi quyền mà không hộp nào được có",
  },
  "box-revoked": { status: 403, en: "This box was revoked", vi: "Hộp này đã bị thu hồi" },
  "certificate-unknown": {
    status: 404,
    en: "This certificate is not one of ours",
    vi: "Không có chứng thư này",
  },
  "renewal-too-early": {
    status: 409,
    en: "The certificate holds for long enough",
    vi: "Chứng thư còn hạn dài",
  },
  "renewed-before": {
    status: 409,
    en: "This expired certificate was renewed before",
    vi: "Chứng thư hết hạn này đã được gia hạn một lần",
  },
  "schedule-refused": { status: 422, en: "It cannot be scheduled so", vi: "Không thể xếp lịch như vậy" },
  "schedule-clashes": { status: 409, en: "It clashes with another schedule", vi: "Trùng giờ với lịch khác" },
  "private-stream-refused": {
    status: 403,
    en: "Only the province may allow a stream inside its own network",
    vi: "Chỉ cấp tỉnh được cho phép nguồn phát nằm trong mạng nội bộ",
  },
  "address-is-private": {
    status: 422,
    en: "This address lies inside a private network",
    vi: "Địa chỉ này nằm trong mạng nội bộ",
  },
  "relay-in-use": {
    status: 409,
    en: "A schedule in force relays it",
    vi: "Nguồn tiếp âm đang được dùng trong lịch phát",
  },
  "confirmation-wrong": {
    status: 422,
    en: "The typed confirmation does not match",
    vi: "Chữ xác nhận không khớp",
  },
  "already-raised": {
    status: 409,
    en: "You have raised this a moment ago",
    vi: "Bạn vừa phát thông báo này rồi",
  },
  "emergency-over": {
    status: 409,
    en: "This emergency is over or was cancelled",
    vi: "Thông báo khẩn cấp này đã kết thúc hoặc đã bị hủy",
  },
  "other-severity": {
    status: 409,
    en: "An exercise takes no place of an actual emergency, nor the other way round",
    vi: "Diễn tập không thay được khẩn cấp thật, và ngược lại",
  },
  "stream-not-proven": {
    status: 409,
    en: "An emergency passes on the line input of the box, a station with https, or one in the province's own network, at −20 dB or more; no FM, and no address with a password",
    vi: "Khẩn cấp chỉ tiếp âm đường tiếng vào (line) của hộp, đài có địa chỉ https hoặc đài trong mạng nội bộ của tỉnh, mức từ −20 dB trở lên; không tiếp âm FM, địa chỉ không kèm mật khẩu",
  },
  "no-roster": {
    status: 409,
    en: "No roster of keys is in force: two persons cannot approve yet",
    vi: "Chưa có danh bạ khóa: chưa thể có hai người cùng duyệt",
  },
  "no-correction": {
    status: 409,
    en: "No correction was prepared for it",
    vi: "Chưa chuẩn bị tin đính chính cho thông báo này",
  },
  "no-approval-key": {
    status: 403,
    en: "None of your passkeys may approve: the roster does not have them",
    vi: "Bạn chưa có khóa passkey nào trong danh bạ khóa để duyệt",
  },
  "already-approved": { status: 409, en: "You have approved it before", vi: "Bạn đã duyệt rồi" },
  "sender-unsigned": {
    status: 409,
    en: "No certificate of this sender is known: nobody can tell whether an alert is its own",
    vi: "Chưa có chứng thư của nguồn này: không thể biết bản tin có đúng là của nguồn hay không",
  },
  "draft-over": { status: 409, en: "It waits for nobody any more", vi: "Bản này không còn chờ duyệt" },
  "order-too-long": {
    status: 422,
    en: "It does not fit into one message to the boxes",
    vi: "Nội dung không vừa một bản tin gửi tới các hộp",
  },
  "too-many-drafts": {
    status: 409,
    en: "Too many drafts of yours wait for approval",
    vi: "Bạn có quá nhiều bản đang chờ duyệt",
  },
  "overtaken-by-stop": {
    status: 409,
    en: "A STOP came after it was written: write it anew",
    vi: "Đã có lệnh dừng sau khi soạn bản này: hãy soạn lại",
  },
  "too-many-local-orders": {
    status: 409,
    en: "This box holds as many messages of its own as it can",
    vi: "Hộp này đã giữ đủ số tin tự phát",
  },
  "approval-refused": {
    status: 422,
    en: "This signature does not fit this text",
    vi: "Chữ ký không khớp với nội dung này",
  },
  "too-many-approvers": {
    status: 422,
    en: "There are more keys of approvers than a roster has room for",
    vi: "Có nhiều khóa phê duyệt hơn mức danh bạ khóa chứa được",
  },
  "roster-refused": {
    status: 422,
    en: "This roster cannot come into force",
    vi: "Không thể dùng danh bạ khóa này",
  },
  "cap-refused": {
    status: 422,
    en: "This is no valid alert of CAP 1.2",
    vi: "Cảnh báo không đúng chuẩn CAP 1.2",
  },
  "sender-not-yours": {
    status: 403,
    en: "This token is not for this sender",
    vi: "Khóa này không thuộc nơi gửi này",
  },
  "alert-id-reused": {
    status: 409,
    en: "Another alert of this sender has this identifier",
    vi: "Mã cảnh báo đã được nơi gửi dùng cho bản khác",
  },
  "certificate-unreadable": {
    status: 422,
    en: "This is no certificate with an RSA or EC key",
    vi: "Không phải chứng thư có khóa RSA hoặc EC",
  },
  "feed-not-https": { status: 422, en: "A feed must be https", vi: "Nguồn cảnh báo phải dùng https" },
  "wrong-token": { status: 401, en: "This token is not known", vi: "Khóa truy cập không đúng" },
  "class-not-schedulable": {
    status: 422,
    en: "Emergencies are not scheduled",
    vi: "Tin khẩn cấp không xếp lịch",
  },
  "grant-refused": {
    status: 422,
    en: "These dates are not possible",
    vi: "Thời hạn này không hợp lệ",
  },
  "bad-tree": { status: 422, en: "The areas would not form a tree", vi: "Cây địa bàn không hợp lệ" },
  empty: { status: 422, en: "The file is empty", vi: "Tệp rỗng" },
  "not-audio": { status: 422, en: "This is not audio", vi: "Tệp không phải âm thanh" },
  truncated: { status: 422, en: "The file is cut off", vi: "Tệp bị cắt cụt" },
  damaged: { status: 422, en: "Something in the file is damaged", vi: "Tệp bị hỏng ở giữa" },
  "no-sound": { status: 422, en: "There is no sound in it", vi: "Tệp không có tiếng" },
  "too-long": { status: 422, en: "It plays too long", vi: "Âm thanh quá dài" },
  "too-many-channels": { status: 422, en: "It has too many channels", vi: "Quá nhiều kênh âm thanh" },
  "bad-sample-rate": {
    status: 422,
    en: "Its sample rate is not usable",
    vi: "Tần số lấy mẫu không dùng được",
  },
  "speech-too-long": { status: 422, en: "The text is too long", vi: "Nội dung quá dài" },
  "nothing-to-say": { status: 422, en: "There is nothing to say", vi: "Không có gì để đọc" },
  "voice-failed": { status: 503, en: "The voice did not speak", vi: "Máy đọc không đọc được" },
  timeout: { status: 422, en: "Decoding takes too long", vi: "Giải mã mất quá nhiều thời gian" },
  interrupted: { status: 400, en: "The upload broke off", vi: "Tải lên bị gián đoạn" },
  "too-slow": { status: 400, en: "The upload is too slow", vi: "Tải lên quá chậm" },
  "too-large": { status: 413, en: "It is too large", vi: "Quá lớn" },
  "unsupported-type": { status: 415, en: "Send JSON", vi: "Hãy gửi JSON" },
  "bad-range": { status: 416, en: "There are no such bytes", vi: "Không có phần này của tệp" },
  "bad-host": { status: 421, en: "This name is not served here", vi: "Tên máy chủ không đúng" },
  "too-many-attempts": { status: 429, en: "Too many attempts, wait", vi: "Thử quá nhiều lần, hãy đợi" },
  "too-many-requests": { status: 429, en: "Too many requests, wait", vi: "Quá nhiều yêu cầu, hãy đợi" },
  internal: { status: 500, en: "Our mistake", vi: "Lỗi của hệ thống" },
  "tool-missing": { status: 503, en: "The server has no ffmpeg", vi: "Máy chủ thiếu ffmpeg" },
  busy: { status: 503, en: "Busy, try again", vi: "Đang bận, hãy thử lại" },
  "disk-full": { status: 507, en: "The server's disk is full", vi: "Ổ đĩa máy chủ đã đầy" },
} as const satisfies Record<string, Words>;

export type ProblemCode = keyof typeof problems;

/** A refusal on its way to the person who asked (RFC 9457). Thrown by handlers, and only by them. */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  /** Further members of the answer, such as `problems` of a schedule. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    members: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
    this.code = code;
    this.members = members;
    this.headers = headers;
  }
}

/** Null: there is no such refusal. */
export function problemWords(code: string): Pick<Words, "en" | "vi"> | null {
  return new Map<string, Words>(Object.entries(problems)).get(code) ?? null;
}

export function problemResponse({ code, members, headers }: HttpProblem): Response {
  const { status, en, vi } = problems[code];
  const body = { type: `urn:loa:problem:${code}`, title: en, titleVi: vi, status, code, ...members };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    titleVi: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  })
  .openapi("Problem", { additionalProperties: true });

const problemContent = { "application/problem+json": { schema: problemShape } };

/** For the OpenAPI document: what a route may refuse besides what every route may. */
export function refusals(...codes: readonly ProblemCode[]) {
  const all: readonly ProblemCode[] = ["bad-request", "not-signed-in", "too-many-requests", ...codes];
  const byStatus = Map.groupBy(all, (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      { description: some.join(", "), content: problemContent },
    ]),
  ) as Record<never, never>;
}
