/** Lists as CSV (RFC 4180), made in the browser and handed to its downloads. */
export type Cell = string | number | boolean | null;

// A sheet would run a text that begins so as a formula; codes come from producers, who may send anything.
const FORMULA = /^[=+\-@\t\r]/;

function quoted(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** The mark at the front makes spreadsheets read it as UTF-8. */
export function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}

export const download = (name: string, text: string): void => { save(name, new Blob([text], { type: "text/csv;charset=utf-8" })); };

/** Hands anything to the browser's downloads. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken its own hold of it by then.
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}

/** What a file is called: its parts, fit for any disk, and that it is simulated where it is. */
export const fileName = (...parts: readonly (string | boolean)[]): string => `${fileStem(...parts)}.csv`;

/** The same before the dot. */
export function fileStem(...parts: readonly (string | boolean)[]): string {
  const words = parts.map((part) => (part === true ? "simulated" : part === false ? "" : part.replace(/[^A-Za-z0-9-]+/g, "-")));
  return words.filter((word) => word !== "").join("_");
}
