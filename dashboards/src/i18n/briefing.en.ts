/** The words of the briefing's page, in English. */
import type { briefing as Words } from "./briefing.vi.ts";
import { several } from "./plural.ts";

export const briefing: typeof Words = {
  link: "Weekly briefing",
  title: "Briefing of the leadership",
  weeks: "Weeks",
  week: (n, year) => `Week ${n}, ${year}`,
  reader: "For",
  readers: { city: "The city", "government-office": "Government Office", council: "People's Council" },
  take: "Take along",
  behind: "Figures behind it",
  query: "The question that gives these figures",
  more: (n) => `${several(n, "row")} more: the XLSX has all.`,
  noData: "no data",
  marks: { better: "better", worse: "worse", met: "met", missed: "not met", approximate: "estimate" },
};
