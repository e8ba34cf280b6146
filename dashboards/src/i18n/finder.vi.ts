/** The words of finding from anywhere, in Vietnamese; `finder.en.ts` must match. */
export const finder = {
  open: "Tìm",
  openHint: "Tìm điểm, cơ quan, hồ sơ, trang, cảnh báo (phím / hoặc Ctrl K)",
  field: "Tìm ở mọi nơi",
  placeholder: "Tên điểm, cơ quan, mã hồ sơ, trang, số cảnh báo",
  answers: "Kết quả",
  groups: { points: "Điểm phục vụ", agencies: "Cơ quan", dossiers: "Hồ sơ", pages: "Trang", alerts: "Cảnh báo đang mở", figures: "Giải nghĩa số liệu" },
  some: (n: string, all: string) => `${n} trong ${all}, gõ thêm để thu hẹp`,
  found: (_exact: number, n: string) => `${n} kết quả`,
  nothing: (text: string) => `Không có gì khớp với “${text}”.`,
  hint: "Tìm được: điểm (tên hoặc mã), cơ quan, hồ sơ (mã), trang, cảnh báo đang mở (a-12). Có dấu hay không đều được.",
  keys: "↑ ↓ chọn · Enter mở · Esc đóng",
  offers: {
    open: (code: string) => `Mở hồ sơ ${code}`,
    list: (code: string) => `Tìm ${code} trong danh sách hồ sơ`,
  },
};
