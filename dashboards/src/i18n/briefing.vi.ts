/** The words of the briefing's page, in Vietnamese; `briefing.en.ts` must match. */
export const briefing = {
  link: "Báo cáo tuần",
  title: "Báo cáo cho lãnh đạo",
  weeks: "Tuần",
  week: (n: string, year: string) => `Tuần ${n}/${year}`,
  reader: "Gửi",
  readers: { city: "Thành phố", "government-office": "Văn phòng Chính phủ", council: "HĐND Thành phố" },
  take: "Tải về",
  behind: "Số liệu đứng sau",
  query: "Câu hỏi cho đúng các số này",
  more: (n: string) => `Còn ${n} dòng nữa: tải XLSX để có đủ.`,
  noData: "không có số liệu",
  marks: { better: "tốt hơn", worse: "kém hơn", met: "đạt", missed: "chưa đạt", approximate: "ước tính" },
};
