/** The lines of a CSV file, each with the number that an editor shows. Pure. */
export interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines of cells (RFC 4180): a quoted cell may hold the separator, quotes and line breaks. */
export function linesOf(text: string, separator: string): Line[] {
  const lines: Line[] = [];
  let cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  let line = 1;
  let begun = 1;
  const end = (): void => {
    cells.push(cell.trim());
    if (cells.some((one) => one !== "")) lines.push({ line: begun, cells });
    [cells, cell] = [[], ""];
  };
  for (let i = 0; i < text.length; i += 1) {
    const one = text.charAt(i);
    if (one === "\n") line += 1;
    if (isQuoted) {
      if (one !== '"') cell += one;
      else if (text.charAt(i + 1) === '"') {
        cell += '"';
        i += 1;
      } else isQuoted = false;
    } else if (one === '"' && cell.trim() === "") [cell, isQuoted] = ["", true];
    else if (one === separator) {
      cells.push(cell.trim());
      cell = "";
    } else if (one === "\n") {
      end();
      begun = line;
    } else if (one !== "\r") cell += one;
  }
  end();
  return lines;
}
