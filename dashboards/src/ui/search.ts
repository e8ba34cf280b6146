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

/** The query must stand in the text from the beginning of a word on; one with digits, a code, anywhere. */
export function matches(folded: string, query: string): boolean {
  const sought = fold(query);
  return /\d/.test(sought) ? folded.includes(sought) : ` ${folded}`.includes(` ${sought}`);
}
