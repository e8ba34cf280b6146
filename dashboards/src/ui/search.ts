/** Folds text for finding: "Ba Đình" is found by "ba dinh", "BA ĐÌNH" and by either way of composing a letter. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

/** The query must stand in the text from the beginning of a word on; one with digits, a code, anywhere. Folded once for many texts. */
export function sought(query: string): (folded: string) => boolean {
  const text = fold(query);
  return /\d/.test(text) ? (folded) => folded.includes(text) : (folded) => ` ${folded}`.includes(` ${text}`);
}

export const matches = (folded: string, query: string): boolean => sought(query)(folded);
