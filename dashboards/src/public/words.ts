/** Every text of the page, in both languages; numbers and times are written here too, in Hà Nội's time. */
import type { Neighbour, Point, Range, Wait } from "./model.ts";

export type Lang = "vi" | "en";

const STORED_AS = "vonglau.lang";

export function storedLang(): Lang {
  // A browser may forbid storage; the page then simply opens in Vietnamese.
  try {
    return localStorage.getItem(STORED_AS) === "en" ? "en" : "vi";
  } catch {
    return "vi";
  }
}

export function storeLang(lang: Lang): void {
  try {
    localStorage.setItem(STORED_AS, lang);
  } catch {
    // Not kept, and nothing else lost.
  }
}

const zone = { timeZone: "Asia/Ho_Chi_Minh" };
const clock = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat("en-GB", { ...zone, day: "2-digit", month: "2-digit" });

/** `08:00`, with the date where that is not the day of `now`. */
export function time(at: string, now: string): string {
  const [then, today] = [new Date(at), new Date(now)];
  const isToday = date.format(then) === date.format(today);
  return isToday ? clock.format(then) : `${clock.format(then)} ${date.format(then)}`;
}

/** Numbers and their unit stay on one line; a narrow card breaks before them. */
const minutes = (from: number, to: number | null, unit: string): string => (to === null ? `${from}\u00a0${unit}` : `${from}\u2060–\u2060${to}\u00a0${unit}`);

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export interface Words {
  readonly title: string;
  readonly other: string;
  readonly lead: (standard: number) => string;
  readonly simulated: string;
  readonly search: string;
  readonly near: string;
  readonly nearNote: string;
  readonly nearAsking: string;
  readonly nearRefused: string;
  readonly onlyOpen: string;
  readonly loading: string;
  readonly none: string;
  readonly failed: string;
  readonly asOf: (at: string, age: string) => string;
  readonly stale: (at: string, age: string) => string;
  readonly shown: (n: number, of: number) => string;
  readonly kinds: Readonly<Record<string, string>>;
  readonly range: (range: Range) => string;
  readonly ago: (seconds: number) => string;
  readonly over: (standard: number) => string;
  readonly within: (standard: number) => string;
  readonly noData: string;
  readonly noDataNote: string;
  readonly noWait: string;
  readonly closed: string;
  readonly opensAt: (at: string) => string;
  readonly closesAt: (at: string) => string;
  readonly waiting: (point: Point) => string;
  readonly basis: (wait: Wait) => string;
  readonly heard: (age: string) => string;
  readonly km: (km: number) => string;
  readonly sooner: string;
  readonly neighbour: (there: Neighbour, wait: string) => string;
  readonly note: string;
}

const vi: Words = {
  title: "Chờ bao lâu, ở điểm nào",
  other: "English",
  lead: (standard) => `Xem trước khi đi. Chuẩn của thành phố: chờ không quá ${standard} phút.`,
  simulated: "Số liệu mô phỏng, không phải thật",
  search: "Tìm theo tên điểm, có dấu hay không",
  near: "Xếp theo gần tôi",
  nearNote: "Vị trí chỉ dùng trong máy của bạn, không gửi đi đâu.",
  nearAsking: "Đang hỏi vị trí…",
  nearRefused: "Máy không cho biết vị trí: danh sách xếp theo tên.",
  onlyOpen: "Chỉ điểm đang mở",
  loading: "Đang lấy số liệu…",
  none: "Không có điểm nào như vậy.",
  failed: "Chưa lấy được số liệu. Trang sẽ tự thử lại.",
  asOf: (at, age) => `Số liệu lúc ${at}, ${age}`,
  stale: (at, age) => `Không lấy được số liệu mới. Đây là số liệu lúc ${at}, ${age}`,
  shown: (n, of) => `${n} trong ${of} điểm`,
  kinds: { branch: "Chi nhánh", point: "Điểm phục vụ", community: "Điểm cộng đồng", mobile: "Tổ lưu động", kiosk: "Máy tự phục vụ" },
  range: ({ from_min: from, to_min: to }) =>
    to === null ? `khoảng ${minutes(from, to, "phút")} trở lên` : from === 0 ? `dưới ${minutes(to, null, "phút")}` : `khoảng ${minutes(from, to, "phút")}`,
  ago: (s) => (s < 2 ? "vừa xong" : s < 59.5 ? `${Math.round(s)} giây trước` : s < 5400 ? `${Math.round(s / 60)} phút trước` : `${Math.round(s / 3600)} giờ trước`),
  over: (standard) => `Quá ${standard} phút`,
  within: (standard) => `Trong ${standard} phút`,
  noData: "Không có dữ liệu",
  noDataNote: "Điểm này không gửi số liệu: không biết có đông hay không",
  noWait: "Chưa đủ số liệu để ước thời gian chờ",
  closed: "Đóng cửa",
  opensAt: (at) => `mở lúc ${at}`,
  closesAt: (at) => `đóng lúc ${at}`,
  waiting: ({ waiting, waiting_source: source }) => `${waiting ?? 0} người đang chờ${source === "board" ? " (theo bảng điện tử)" : ""}`,
  basis: ({ sample, basis }) =>
    basis === "hour" ? `theo ${sample} lượt chờ trong một giờ qua` : basis === "queue" ? `ước theo hàng chờ và ${sample} lượt phục vụ` : `theo dự báo, ${sample} ngày`,
  heard: (age) => `số liệu ${age}`,
  km: (km) => `cách bạn ${km.toFixed(1).replace(".", ",")} km`,
  sooner: "Sang đây sẽ xong sớm hơn",
  neighbour: (there, wait) => `từ đây đi xe máy khoảng ${there.travel_min} phút${there.approximate ? " (ước chừng)" : ""}, chờ ${wait}, sớm hơn chừng ${there.saves_min} phút`,
  note: "Thời gian chờ là ước tính: một nửa số người chờ ít hơn số đầu, chín phần mười chờ ít hơn số sau. Không có dữ liệu cá nhân nào.",
};

const en: Words = {
  title: "How long to wait, and where",
  other: "Tiếng Việt",
  lead: (standard) => `Look before you travel. The city's standard: a wait of at most ${standard} minutes.`,
  simulated: "Simulated figures, not real ones",
  search: "Find a point by name, accents or not",
  near: "Sort by nearest to me",
  nearNote: "Your location is used on your phone alone and sent nowhere.",
  nearAsking: "Asking for your location…",
  nearRefused: "The phone does not tell your location: sorted by name.",
  onlyOpen: "Open points only",
  loading: "Fetching the figures…",
  none: "There is no such point.",
  failed: "The figures cannot be fetched yet. The page tries again by itself.",
  asOf: (at, age) => `Figures of ${at}, ${age}`,
  stale: (at, age) => `No newer figures can be fetched. These are of ${at}, ${age}`,
  shown: (n, of) => `${n} of ${plural(of, "point", "points")}`,
  kinds: { branch: "Branch", point: "Service point", community: "Community point", mobile: "Mobile team", kiosk: "Kiosk" },
  range: ({ from_min: from, to_min: to }) =>
    to === null ? `about ${minutes(from, to, "min")} or more` : from === 0 ? `under ${minutes(to, null, "min")}` : `about ${minutes(from, to, "min")}`,
  ago: (s) => (s < 2 ? "just now" : s < 59.5 ? `${Math.round(s)} s ago` : s < 5400 ? `${Math.round(s / 60)} min ago` : `${Math.round(s / 3600)} h ago`),
  over: (standard) => `Over ${standard} min`,
  within: (standard) => `Within ${standard} min`,
  noData: "No data",
  noDataNote: "This point sends no figures: nobody knows whether it is busy",
  noWait: "Too few figures to tell the wait",
  closed: "Closed",
  opensAt: (at) => `opens ${at}`,
  closesAt: (at) => `closes ${at}`,
  waiting: ({ waiting, waiting_source: source }) => `${plural(waiting ?? 0, "person", "people")} waiting${source === "board" ? " (by its board)" : ""}`,
  basis: ({ sample, basis }) =>
    basis === "hour" ? `from ${plural(sample, "wait", "waits")} of the last hour` : basis === "queue" ? `from the queue and ${plural(sample, "transaction", "transactions")}` : `forecast from ${plural(sample, "day", "days")}`,
  heard: (age) => `figures ${age}`,
  km: (km) => `${km.toFixed(1)} km from you`,
  sooner: "You would be done sooner at",
  neighbour: (there, wait) => `about ${there.travel_min} min from here by motorbike${there.approximate ? " (rough)" : ""}, wait ${wait}, about ${there.saves_min} min sooner`,
  note: "Waits are estimates: half of the people wait less than the first figure, nine in ten less than the second. No personal data is held here.",
};

export const WORDS: Readonly<Record<Lang, Words>> = { vi, en };
