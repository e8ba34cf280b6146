/** The words of the wall, in Vietnamese; `wall.en.ts` must match. Short, so that they are read at four metres. */
/** How many of each kind there were, in words. */
interface Tally {
  readonly raised: string;
  readonly taken: string;
  readonly gone: string;
  readonly over: string;
}

export const wall = {
  link: "Toàn cảnh",
  title: "Toàn cảnh thành phố",
  full: "Toàn màn hình (phím f)",
  leaveFull: "Thu lại (phím f)",

  states: { calm: "Yên ổn", attention: "Cần chú ý", trouble: "Có sự cố", unknown: "Chưa rõ" },
  lost: "Mất kết nối",
  lostSince: (time: string, age: string) => `Mọi số liệu dừng ở ${time}, cách đây ${age}. Đang tự kết nối lại.`,
  lostNever: "Chưa kết nối được máy chủ. Đang tự thử lại.",
  waiting: "Đang chờ số liệu đầu tiên.",
  notHeard: "Hôm nay chưa điểm nào gửi tin.",
  noDesk: "Không đọc được cảnh báo từ máy chủ này.",
  causes: {
    high_new: (_exact: number, n: string) => `${n} cảnh báo mức cao chưa ai nhận`,
    high: (_exact: number, n: string) => `${n} cảnh báo mức cao đang diễn ra`,
    fresh: (_exact: number, n: string) => `${n} cảnh báo chưa ai nhận`,
    late: () => "số liệu đến chậm",
    silent: (_exact: number, n: string) => `${n} điểm im lặng trong giờ`,
    unheard: (_exact: number, n: string) => `${n} điểm hôm nay chưa gửi tin`,
  },
  someHigh: (all: string, high: string) => `${all} cảnh báo chưa ai nhận, trong đó ${high} mức cao`,
  calm: "Không có cảnh báo mức cao, không cảnh báo nào chờ người nhận, số liệu kịp thời.",

  nobody: "Chưa ai nhận",
  nobodyCalm: "Mọi cảnh báo đều đã có người nhận",
  more: (n: string) => `và ${n} nữa`,
  unknown: "không có dữ liệu",

  lately: "Mười phút qua",
  since: (time: string) => `theo dõi từ ${time}`,
  nothingSince: (time: string) => `Không có gì thay đổi từ ${time}`,
  notSince: "chưa theo dõi được",
  kinds: { raised: "mới", taken: "đã nhận", gone: "đã hết", over: "quá ngưỡng", under: "trong ngưỡng" },
  tally: ({ raised, taken, gone, over }: Tally) => `${raised} mới · ${taken} nhận · ${gone} hết · ${over} quá ngưỡng`,
  meanWait: (minutes: string) => `chờ TB ${minutes} phút`,

  figures: {
    waiting: "Đang chờ",
    wait_hour: "Chờ TB giờ qua",
    points: "Điểm đang mở",
    overdue: "Hồ sơ quá hạn",
    due_today: "Đến hạn hôm nay",
    satisfaction: "Hài lòng",
  },
  people: "người",
  ofAll: (n: string) => `/ ${n}`,
  heard: (n: string) => `${n} có tin`,
  ofDossiers: (n: string) => `của ${n} hồ sơ`,
  atMost: (n: string) => `≤ ${n} phút`,
  atLeast: (share: string) => `≥ ${share}`,
  judged: (target: string, verdict: string) => `${target}: ${verdict}`,
  old: (age: string) => `CŨ ${age}`,
  now: "vừa xong",

  points: "Điểm phục vụ",
  pointsCalm: "Không điểm nào quá ngưỡng hay im lặng",
  pointsOver: (n: string) => `${n} quá ngưỡng`,

  fresh: {
    asOf: (time: string) => `Số liệu ${time}`,
    silent: (n: string) => `${n} điểm im lặng`,
    never: (n: string) => `${n} chưa có tin hôm nay`,
    evaluated: (time: string) => `xét cảnh báo ${time}`,
    notEvaluated: "chưa xét cảnh báo",
  },
};
