/** The words of the guide, in Vietnamese; `guide.en.ts` must match. What each figure is stands in `explain/`. */
import { alertFigures, dossierFigures } from "./explain/dossier.vi.ts";
import { planFigures, scoreFigures } from "./explain/plan.vi.ts";
import { queueFigures } from "./explain/queue.vi.ts";
import { tour } from "./tour.vi.ts";

export const guide = {
  link: "Hướng dẫn",
  title: "Hướng dẫn và giải nghĩa số liệu",
  lead: "Mỗi số liệu: tính thế nào, lấy từ đâu, mẫu là gì, mục tiêu và căn cứ. Trong các phòng, bấm vào tên số liệu có gạch chấm hoặc nút ? để xem tại chỗ.",
  find: "Tìm số liệu",
  found: (n: string, all: string) => `${n}/${all} số liệu`,
  none: "Không có số liệu nào khớp.",
  unknown: (id: string) => `Không có số liệu mang mã ${id}.`,
  all: "Mọi số liệu",
  explain: (name: string) => `Giải nghĩa: ${name}`,
  close: "Đóng",
  whole: "Mở trong trang hướng dẫn",
  families: { queue: "Hàng đợi, quầy, dự báo", dossier: "Hồ sơ, hài lòng", alert: "Cảnh báo", plan: "Tiếp cận, quy hoạch", score: "Chỉ số 766, bảng điểm, báo cáo, sổ" },
  parts: { what: "Tính thế nào", source: "Lấy từ đâu", sample: "Mẫu, khi nào để trống", target: "Mục tiêu", basis: "Căn cứ", shown: "Xem ở", api: "Giao diện máy" },
  noTarget: "Không văn bản nào đặt mục tiêu cho số liệu này.",
  inBriefing: "Các số liệu của báo cáo được tính thế nào",
  handbooks: "Sổ tay",
  userBook: "Sổ tay người dùng",
  operatorBook: "Sổ tay người vận hành",
  /** Targets with where they are written: the words of the server's own tables of targets and limits. */
  bases: {
    wait: { target: "chờ bình quân tối đa 15 phút một lượt giao dịch", source: "Đề án Trung tâm PVHCC, L3705–3706: chờ bình quân tối đa 15 phút/lượt giao dịch" },
    transaction: { target: "tối đa 15 phút một hồ sơ", source: "Đề án Trung tâm PVHCC, L1963–1964: giao dịch trực tiếp không quá 15 phút/hồ sơ" },
    on_time: { target: "100% đúng hạn", source: "Đề án Trung tâm PVHCC, L1907: không có thủ tục giải quyết trễ hạn" },
    overdue: { target: "0 hồ sơ", source: "Đề án Trung tâm PVHCC, L1907: không có thủ tục giải quyết trễ hạn" },
    supplement: { target: "0 hồ sơ", source: "Đề án Trung tâm PVHCC, L1907, L5426–5428: không yêu cầu bổ sung quá 01 lần" },
    digitised: { target: "100%", source: "Đề án Trung tâm PVHCC, L1909–1910: 100% hồ sơ được số hóa trước khi giải quyết" },
    acknowledged: { target: "100% trong 8 giờ làm việc", source: "Đề án Trung tâm PVHCC, L5417–5421: trả lời hồ sơ trực tuyến trong 08 giờ làm việc" },
    satisfied: { target: "tối thiểu 95%", source: "Đề án Trung tâm PVHCC, L1923–1924: mức độ hài lòng tối thiểu 95%" },
    covered: { target: "100% dân số", source: "Đề án Trung tâm PVHCC, L1849–1851, L1961–1962: mỗi người dân dưới 30 phút hoặc không quá 5 km" },
    petition: { target: "trả lời trong 15 ngày làm việc, khi không ghi hạn", source: "Bản mô tả công thức Bộ chỉ số 766 (theo trích dẫn); hiểu là ngày làm việc" },
    norms: { target: "mỗi cán bộ mỗi năm: đô thị 1.800, nông thôn 1.200, vùng khó khăn 800 hồ sơ", source: "Đề án Trung tâm PVHCC (L3701–3703, L3703–3704, L3704; miễn áp dụng L3704–3705)" },
    index: { target: "thang 100 điểm, sáu nhóm như Đề án liệt kê (dịch vụ trực tuyến và thanh toán trực tuyến là một nhóm của QĐ 766); văn bản không đặt mức phải đạt", source: "Quyết định số 766/QĐ-TTg ngày 23/6/2022 của Thủ tướng Chính phủ; điểm thành phần theo bản mô tả công thức (trích dẫn gián tiếp), chưa xác minh" },
    criteria: { target: "chín nhóm tiêu chí; văn bản không đặt trọng số hay mức phải đạt", source: "Đề án Trung tâm PVHCC, L3375–3424" },
    alarms: { target: "không quá 6 cảnh báo mỗi giờ; 80% thấp, 15% trung bình, 5% cao; dưới 1% thời gian dồn dập", source: "Thông lệ ISA-18.2 và IEC 62682; không phải quy định pháp luật" },
  },
  basisNote: "“L” là số dòng trong bản văn của Đề án (tháng 10/2024; bản dùng ở đây để trống số và ngày quyết định). Điều ghi “theo trích dẫn” cần luật gia xác nhận trước khi dùng để xử lý.",
  figures: { ...queueFigures, ...dossierFigures, ...alertFigures, ...planFigures, ...scoreFigures },
  tour,
};
