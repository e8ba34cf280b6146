/** The words of what is open to whom, in Vietnamese; `access.en.ts` must match. */
export const access = {
  /** Of what an account is for: points, units, agencies. */
  only: (places: string) => `chỉ ${places}`,
  unit: (name: string) => `đơn vị ${name}`,
  more: (n: string) => `và ${n} nơi khác`,
  /** A page that is not open to whoever is in. */
  closedTitle: "Trang này không mở với tài khoản đang dùng",
  closedWhole: (who: string, part: string) => `Trang này nói về cả thành phố. Tài khoản ${who} chỉ xem ${part}.`,
  closedRole: (who: string, role: string) => `Vai trò của tài khoản ${who} (${role}) không xem trang này.`,
  closedWhat: "Nếu công việc cần đến, hỏi phòng Kiểm tra – Giám sát để được cung cấp, hoặc người quản lý tài khoản để đổi quyền.",
  openHere: "Tài khoản này mở được:",
  openNothing: "Tài khoản này không mở được trang nào; hãy hỏi người quản lý tài khoản.",
  /** In the room, where the city's figures would stand. */
  part: (places: string) => `Chỉ tính ${places}, không phải cả thành phố`,
  partNote: "cộng các điểm",
  pointsOfPart: "Điểm phục vụ",
  heardOf: (n: string) => `${n} điểm có tin`,
  over15: (n: string) => `quá 15 phút: ${n}`,
  noFeed: "Dòng sự kiện nêu mã từng hồ sơ của cả thành phố nên không hiện với tài khoản này.",
};
