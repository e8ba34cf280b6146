/** The words that pages share, in English. */
import type { pages as Words } from "./pages.vi.ts";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export const pages: typeof Words = {
  loading: "Loading…",
  asking: "refreshing",
  failed: (status) => `The server could not answer (${status}).`,
  unreached: "The server cannot be reached.",
  again: "Try again",
  pageOf: (n, all) => `Page ${n}/${all}`,
  previous: "Previous page",
  next: "Next page",
  findKey: "Key /",
  fromDay: "From",
  toDay: "to the end of",
  dayForm: "day/month/year",
  needDay: (name) => `${name}: a day is needed, such as 31/12/2026.`,
  needSource: "Give a source.",
  download: "Download CSV",
  findIn: "Find by name or code",
  found: (n, all) => `${n}/${all}`,
  noneFound: "Nothing matches.",
  source: "Source (document, portal, report)",
  save: "Save",
  saved: "Saved.",
  refused: (detail) => `The server refused it: ${detail}`,
  needNumber: (name) => `${name}: a number is needed.`,
  enteredFrom: (source, time) => `Source: ${source}. Entered ${time}.`,
  period: "Period",
  month: (m, y) => `${MONTHS[Number(m) - 1] ?? m} ${y}`,
  quarter: (q, y) => `Q${q} ${y}`,
  year: (y) => `Year ${y}`,
  months: "Months",
  quarters: "Quarters",
  years: "Years",
  dueAt: (time) => `due ${time}`,
};
