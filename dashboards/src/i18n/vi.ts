/** The Vietnamese catalogue. It is the master: `en.ts` must have exactly these keys, which its type enforces. */
import { access } from "./access.vi.ts";
import { agencyPage } from "./agencies.vi.ts";
import { briefing } from "./briefing.vi.ts";
import { charts, compare, day } from "./charts.vi.ts";
import { desk } from "./desk.vi.ts";
import { dossierList } from "./dossiers.vi.ts";
import { finder } from "./finder.vi.ts";
import { forecast } from "./forecast.vi.ts";
import { guide } from "./guide.vi.ts";
import { index766 } from "./index766.vi.ts";
import { pages } from "./pages.vi.ts";
import { planner } from "./planner.vi.ts";
import { registers } from "./registers.vi.ts";
import { scorecard } from "./scorecard.vi.ts";
import { signIn } from "./signin.vi.ts";
import { wall } from "./wall.vi.ts";
import { watching } from "./watching.vi.ts";
import type { CounterState, FeedDetail, Reason, SiteState } from "../live/views.ts";

/** A reason's words, with the figures that make it concrete, already formatted. */
export interface ReasonFigures {
  readonly hourWait: string;
  readonly longest: string;
  readonly waiting: string;
  readonly counters: string;
  readonly silentFor: string;
  readonly overdue: string;
}

const states: Record<SiteState, string> = {
  over: "Quá ngưỡng",
  busy: "Đông",
  ok: "Bình thường",
  closed: "Đóng cửa",
  no_data: "Không có dữ liệu",
};

const reasons: Record<Reason, (figures: ReasonFigures) => string> = {
  wait_over: (f) => `TB giờ qua ${f.hourWait} phút`,
  longest_over: (f) => `lâu nhất ${f.longest}`,
  no_counter: (f) => `${f.waiting} người chờ, không quầy nào mở`,
  wait_high: (f) => `TB giờ qua ${f.hourWait} phút`,
  queue_long: (f) => `${f.waiting} người chờ, ${f.counters} quầy mở`,
  silent: (f) => `im lặng ${f.silentFor} trong giờ mở cửa`,
  never_heard: () => "hôm nay chưa nhận được gì",
  overdue: (f) => `${f.overdue} hồ sơ quá hạn`,
  closed: () => "ngoài giờ phục vụ",
};

const counterStates: Record<CounterState, string> = {
  open: "Mở",
  paused: "Tạm dừng",
  closed: "Đóng",
  unknown: "Không rõ",
};

const ticket = (d: FeedDetail): string => (d.ticket ? `Số ${d.ticket}` : "Một số");
const counter = (d: FeedDetail): string => (d.counter ? `quầy ${d.counter}` : "quầy");
const dossier = (d: FeedDetail): string => (d.dossier ? `hồ sơ ${d.dossier}` : "một hồ sơ");
const service = (name: string): string => (name ? `, ${name}` : "");

/** Names of what an event points at, in the reader's language; empty where there is none. */
export interface EventNames {
  readonly service: string;
  readonly agency: string;
}

type EventSentence = (detail: FeedDetail, names: EventNames) => string;

/** A sentence for each type of event. */
const events = {
  "site.opened": () => "Mở cửa đón người dân",
  "site.closed": () => "Đóng cửa",
  "site.scheduled": () => "Công bố giờ phục vụ",
  "site.moved": () => "Điểm lưu động đến vị trí mới",
  "counter.opened": (d) => `Mở ${counter(d)}`,
  "counter.closed": (d) => `Đóng ${counter(d)}`,
  "counter.paused": (d) => `Tạm dừng ${counter(d)}`,
  "counter.resumed": (d) => `Mở lại ${counter(d)}`,
  "ticket.issued": (d, n) => `${ticket(d)} được cấp${service(n.service)}`,
  "ticket.called": (d) => `${ticket(d)} được gọi tới ${counter(d)}`,
  "ticket.started": (d) => `${ticket(d)} bắt đầu giao dịch tại ${counter(d)}`,
  "ticket.finished": (d) => `${ticket(d)} giao dịch xong`,
  "ticket.abandoned": (d) => `${ticket(d)} bỏ lượt`,
  "ticket.transferred": (d, n) => `${ticket(d)} được chuyển${service(n.service)}`,
  "queue.snapshot": (_d, n) => `Bảng hàng đợi báo số liệu${service(n.service)}`,
  "rating.given": (d) => (d.score === undefined ? "Có đánh giá mới" : `Đánh giá ${d.score}/5`),
  "need.registered": () => "Đăng ký nhu cầu trước",
  "dossier.submitted": (d) => `Nộp ${dossier(d)}`,
  "dossier.accepted": (d) => `Tiếp nhận ${dossier(d)}`,
  "dossier.refused": (d) => `Từ chối ${dossier(d)}`,
  "dossier.withdrawn": (d) => `Rút ${dossier(d)}`,
  "dossier.stopped": (d) => `Dừng giải quyết ${dossier(d)}`,
  "dossier.supplement_requested": (d) => `Yêu cầu bổ sung ${dossier(d)}`,
  "dossier.supplemented": (d) => `Đã bổ sung ${dossier(d)}`,
  "dossier.digitised": (d) => `Số hóa ${dossier(d)}`,
  "dossier.transferred": (d, n) => `Chuyển ${dossier(d)}${n.agency ? ` tới ${n.agency}` : ""}`,
  "dossier.taken": (d, n) => `${n.agency || "Cơ quan"} nhận ${dossier(d)}`,
  "dossier.suspended": (d) => `Tạm dừng ${dossier(d)}`,
  "dossier.resumed": (d) => `Tiếp tục ${dossier(d)}`,
  "dossier.extended": (d) => `Hẹn lại ngày trả ${dossier(d)}`,
  "dossier.resolved": (d) => `Có kết quả ${dossier(d)}`,
  "dossier.returned": (d) => `Trả kết quả ${dossier(d)}`,
  "dossier.paid": (d) => `Nộp phí ${dossier(d)}`,
  "feedback.received": () => "Nhận phản ánh, kiến nghị",
  "feedback.forwarded": () => "Chuyển phản ánh, kiến nghị",
  "feedback.explained": () => "Có giải trình về phản ánh",
  "feedback.answered": () => "Đã trả lời phản ánh, kiến nghị",
  "feedback.closed": () => "Kết thúc phản ánh, kiến nghị",
  "device.heartbeat": () => "Thiết bị báo còn hoạt động",
  "task.reported": () => "Báo cáo nhiệm vụ",
  "training.attended": () => "Ghi nhận tập huấn",
  "incident.reported": () => "Báo sự cố",
  "incident.closed": () => "Khắc phục xong sự cố",
} satisfies Record<string, EventSentence>;

/** Codes of services that producers are known to send; any other name is shown as it came. */
const services = {
  certification: "Chứng thực",
  civil_status: "Hộ tịch",
  land: "Đất đai",
  construction: "Xây dựng",
  business: "Đăng ký kinh doanh",
  social: "Bảo trợ xã hội",
  judicial_record: "Lý lịch tư pháp",
  self_service: "Tự phục vụ",
  health: "Y tế",
  education: "Giáo dục",
  labour: "Lao động",
  transport: "Giao thông",
  collect: "Trả kết quả",
  general: "Tổng hợp",
  other: "Khác",
};

/** Agencies whose ids are known; any other is shown by its id. */
const agencies = {
  "dept/agriculture-environment": "Sở Nông nghiệp và Môi trường",
  "dept/finance": "Sở Tài chính",
  "dept/construction": "Sở Xây dựng",
  "dept/justice": "Sở Tư pháp",
  "dept/home-affairs": "Sở Nội vụ",
  "dept/health": "Sở Y tế",
  "dept/education": "Sở Giáo dục và Đào tạo",
  "tax/city": "Thuế thành phố",
};


const kinds = {
  branch: "Chi nhánh",
  point: "Điểm phục vụ",
  community: "Điểm cộng đồng",
  mobile: "Điểm lưu động",
  kiosk: "Kiosk",
};

const coordClasses = {
  A: "Tọa độ hạng A: đúng trụ sở",
  B: "Tọa độ hạng B: theo bến xe buýt trước cổng",
  C: "Tọa độ hạng C: trung tâm xã cũ, lệch 1–2 km",
  unconfirmed: "Tọa độ chưa được xác nhận",
};

export const vi = {
  app: "Vọng Lâu",
  room: "Phòng Kiểm tra – Giám sát",
  org: "Trung tâm Phục vụ hành chính công thành phố Hà Nội",
  language: "Ngôn ngữ",
  theme: {
    settings: { system: "theo máy", light: "sáng", dark: "tối" },
    button: (now: string, next: string) => `Giao diện: ${now}. Nhấn để đổi sang ${next}`,
  },
  simulated: "MÔ PHỎNG",
  simulatedHint: "Thành phố mô phỏng. Không phải số liệu thật.",
  eventClock: "Giờ theo sự kiện",
  wallClock: "Giờ Hà Nội",

  connecting: "Đang kết nối",
  catchingUp: "Đang bắt kịp",
  live: "Trực tuyến",
  caughtUp: "Đã bắt kịp",
  reconnecting: "Mất kết nối",
  lostBanner: (time: string, age: string) => `Mất kết nối. Số liệu dừng ở ${time}, cách đây ${age}.`,
  lostUnanswered: (age: string | null) => `Máy chủ còn nối nhưng không gửi số liệu; đang nối lại.${age === null ? "" : ` Số liệu cách đây ${age}.`}`,
  lostKept: (time: string, age: string) => `Chưa kết nối được máy chủ. Máy này có số liệu lần cuối lúc ${time}, cách đây ${age}; số liệu cũ không được giữ lại.`,
  lostNever: "Chưa kết nối được máy chủ.",
  retryIn: (seconds: string) => `Thử lại sau ${seconds}`,
  retrying: "Đang thử lại…",
  waitingForData: "Đang chờ số liệu đầu tiên…",

  figures: "Chỉ số toàn thành phố",
  waitDay: "Chờ trung bình hôm nay",
  waitHour: "Chờ trung bình giờ qua",
  overLimit: (limit: string) => `Chờ quá ${limit} phút`,
  waiting: "Người đang chờ",
  openCounters: "Quầy đang mở",
  transaction: "Giao dịch trung bình",
  overdue: "Hồ sơ quá hạn",
  dueToday: "Hồ sơ đến hạn hôm nay",
  satisfaction: "Hài lòng",
  unitMinutes: "phút",
  noData: "không có dữ liệu",
  atMostMinutes: (n: string) => `tối đa ${n} phút`,
  atLeast: (share: string) => `tối thiểu ${share}`,
  targetIs: (n: string) => `mục tiêu ${n}`,
  met: "đạt",
  missed: "chưa đạt",
  undecided: "chưa rõ",
  sample: (n: string) => `n = ${n}`,
  p90: (n: string) => `p90 ${n} phút`,
  shareOfStarted: (share: string) => `${share} số lượt`,
  inLastHour: (n: string) => `giờ qua ${n}`,
  longestIs: (text: string) => `lâu nhất ${text}`,
  andByBoards: (n: string) => `thêm ${n} theo bảng`,
  ofSites: (n: string, total: string) => `${n}/${total} điểm có tin`,
  perCounter: (n: string) => `${n} người chờ mỗi quầy`,
  noPlace: "chưa có tọa độ",
  overPerDossier: (n: string) => `${n} lượt quá mức mỗi hồ sơ`,
  resolvedLate: (late: string, all: string) => `trả muộn hôm nay ${late}/${all}`,
  inProgress: (n: string) => `đang giải quyết ${n}`,
  interval: (low: string, high: string) => `${low} – ${high}`,
  intervalHint: "Khoảng tin cậy 95% (Wilson); chưa rõ khi mục tiêu nằm trong khoảng",
  fromTickets: "vé",
  fromDossiers: "hồ sơ",
  fromRatings: "đánh giá",
  justNow: "vừa xong",
  ago: (age: string) => `${age} trước`,

  list: "Điểm cần chú ý",
  search: "Tìm điểm, phường, xã",
  searchHint: "Phím f",
  filterStates: "Lọc theo trạng thái",
  shown: (n: string, total: string) => `${n}/${total} điểm`,
  colWaiting: "Chờ",
  colHour: "Giờ qua",
  colHourHint: "Chờ trung bình giờ qua, phút",
  colCounters: "Quầy",
  noMatch: "Không có điểm nào khớp.",
  unregistered: "chưa đăng ký",

  map: "Bản đồ các điểm phục vụ",
  wholeCity: "Toàn thành phố",
  innerCity: "Nội đô",
  zoomIn: "Phóng to",
  zoomOut: "Thu nhỏ",
  notOnMap: (_exact: number, n: string) => `${n} điểm chưa có tọa độ`,
  mapFailed: "Không vẽ được bản đồ trên máy này.",
  coverage: "Tiếp cận",
  coverageOff: "Tắt",
  coverageCovered: "Đạt / chưa đạt",
  coverageMinutes: "Số phút đi",
  coverageTitle: "Mức tiếp cận của dân cư",
  coverageLoading: "Đang tải lớp tiếp cận…",
  coverageFailed: "Không tải được lớp tiếp cận.",
  coverageRule: (minutes: string, km: string, rule: string) =>
    rule === "all"
      ? `dưới ${minutes} phút và trong ${km} km`
      : rule === "time"
        ? `dưới ${minutes} phút`
        : rule === "distance"
          ? `trong ${km} km`
          : `dưới ${minutes} phút hoặc trong ${km} km`,
  travelMode: (mode: string) =>
    ({ motorbike: "đi xe máy", walk: "đi bộ", car: "đi ô tô" })[mode] ?? mode,
  covered: "Đạt",
  notCovered: "Chưa đạt",
  people: (n: string) => `${n} người`,
  minutesBelow: (n: string) => `dưới ${n} phút`,
  minutesBetween: (low: string, high: string) => `${low}–${high} phút`,
  minutesFrom: (n: string) => `từ ${n} phút`,
  approximate: "Ước lượng: cách đường trên 1 km",
  credits: "Nguồn bản đồ",

  panel: "Chi tiết điểm",
  close: "Đóng",
  code: "Mã",
  lastEvent: "Tin cuối",
  never: "chưa có",
  queueUnknown: "không rõ hàng đợi",
  fromBoard: "theo bảng hàng đợi, thô hơn",
  longest: "Chờ lâu nhất",
  sinceOpening: "Hôm nay",
  lastHour: "Giờ qua",
  visits: "Lượt",
  started: "Đã bắt đầu",
  finished: "Xong",
  abandoned: "Bỏ lượt",
  meanWait: "Chờ TB",
  p50: "Trung vị",
  p90Short: "p90",
  p95Short: "p95",
  meanTransaction: "Giao dịch TB",
  minutesNote: "phút",
  waitsTitle: "Hai giờ qua, mỗi 5 phút",
  waitsEmpty: "Hai giờ qua không có lượt nào bắt đầu giao dịch.",
  seriesWait: "chờ TB (phút)",
  seriesWaiting: "đang chờ",
  seriesIssued: "lấy số",
  chartSummary: (mean: string, waiting: string) => `Chờ trung bình 5 phút gần nhất ${mean} phút, đang chờ ${waiting} người`,
  limitLine: (n: string) => `vạch đứt: ${n} phút`,
  time: "giờ",
  counterHead: "Quầy",
  stateHead: "Trạng thái",
  sinceHead: "Từ",
  atHead: "Lúc",
  waitHourShort: "Chờ TB giờ qua",
  waitsAndVisits: "Lượt và thời gian chờ",
  inMinutes: "thời gian tính bằng phút",
  overShort: "Quá 15",
  services: "Dịch vụ",
  service: "Dịch vụ",
  counters: "Quầy",
  counter: (id: string) => `Quầy ${id}`,
  serving: "Đang phục vụ",
  boards: "Bảng hàng đợi",
  boardsNote: "nguồn thô: chỉ báo tổng",
  dossiers: "Hồ sơ",
  dossiersInProgress: "Đang giải quyết",
  dossiersDue: "Đến hạn hôm nay",
  dossiersOverdue: "Quá hạn",
  ratings: "Đánh giá",
  siteUnknown: "Máy chủ không biết điểm này.",
  siteLoading: "Đang tải…",

  feed: "Diễn biến",
  feedEmpty: "Chưa có sự kiện nào.",
  feedPaused: "tạm dừng khi trỏ vào",
  eventOther: (type: string) => `Sự kiện ${type}`,

  accepted: (n: string) => `Đã nhận ${n} sự kiện`,
  duplicate: (n: string) => `${n} trùng`,
  conflicting: (n: string) => `${n} mâu thuẫn`,
  rejected: (n: string) => `${n} bị loại`,
  asOf: (time: string) => `Số liệu tính đến ${time}`,
  version: (v: string) => `Phiên bản ${v}`,

  states,
  reasons,
  counterStates,
  events: events as Record<keyof typeof events, EventSentence>,
  serviceNames: services,
  agencies,
  kinds,
  coordClasses,

  dossierPage: "Một hồ sơ",
  toRoom: "Về phòng giám sát",
  findDossier: "Mã hồ sơ",
  open: "Mở",
  dossierHint: "Nhập mã hồ sơ, ví dụ 000.00.25.H26-261123-0001.",
  dossierUnknown: (code: string) => `Chưa có sự kiện nào nêu hồ sơ ${code}. Kiểm tra lại mã.`,
  stages: {
    awaiting_acceptance: "Chờ tiếp nhận",
    open: "Đang giải quyết",
    resolved: "Đã có kết quả",
    refused: "Từ chối tiếp nhận",
    withdrawn: "Đã rút",
    stopped: "Dừng giải quyết",
  },
  isOverdue: "quá hạn",
  isInTime: "trong hạn",
  isPaused: "đồng hồ đang dừng",
  due: "Ngày hẹn trả",
  dueMoved: (time: string) => `lùi đến ${time} do thời gian tạm dừng`,
  noDue: "chưa có ngày hẹn trả",
  holder: "Đang giữ",
  competent: "Cơ quan giải quyết",
  receiving: "Nơi tiếp nhận",
  procedure: "Thủ tục",
  field: "Lĩnh vực",
  channel: "Hình thức nộp",
  codeInvalid: "mã không theo mẫu quốc gia",
  provisional: "Có năm chưa công bố lịch nghỉ: giờ làm việc là tạm tính.",
  timeline: "Đồng hồ của hồ sơ",
  phases: {
    awaiting_reception: "Chờ tiếp nhận",
    running: "Đang tính giờ",
    overdue: "Quá hạn",
    awaiting_supplement: "Chờ bổ sung",
    suspended: "Tạm dừng",
    awaiting_collection: "Chờ trả kết quả",
    over: "Kết thúc",
  },
  until: "nay",
  workingHours: (n: string) => `${n} giờ làm việc`,
  wallHours: (n: string) => `${n} giờ`,
  becauseOf: (event: string, time: string) => `Do: ${event}, ${time}`,
  bySource: (source: string, id: string) => `nguồn ${source}, số ${id}`,
  steps: {
    submitted: "nộp hồ sơ",
    accepted: "tiếp nhận, hẹn trả",
    refused: "từ chối",
    withdrawn: "rút hồ sơ",
    stopped: "dừng giải quyết",
    supplement_requested: "yêu cầu bổ sung",
    supplemented: "đã bổ sung",
    digitised: "số hóa",
    transferred: "chuyển xử lý",
    taken: "nhận xử lý",
    suspended: "tạm dừng",
    resumed: "tiếp tục",
    extended: "hẹn lại ngày trả",
    resolved: "có kết quả",
    returned: "trả kết quả",
    paid: "nộp phí",
  },
  dueDates: "Ngày hẹn trả đã đặt",
  turns: "Lượt giữ hồ sơ",
  remarks: "Điều cần hỏi lại đơn vị",
  channels: {
    counter: "tại quầy",
    online: "trực tuyến",
    postal: "bưu chính",
    mobile: "điểm lưu động",
    community: "điểm cộng đồng",
  },

  agencyPage,
  briefing,
  charts,
  compare,
  day,
  desk,
  finder,
  forecast,
  guide,
  dossierList,
  index766,
  pages,
  planner,
  scorecard,
  registers,
  signIn,
  access,
  wall,
  watching,
};

/** The shape every catalogue has. */
export type Catalogue = typeof vi;
