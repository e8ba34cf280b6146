/**
 * How well a text answers what is looked for; both are folded (`ui/search.ts`). Whole words stand before the beginning of
 * a word, that before what lies inside of one, and last come words that all begin one but not beside each other. Of two
 * alike, the one that the text begins with is first. Pure.
 */

const isOfWord = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** Two that both belong to a word are not parted there. */
const isParted = (before: string | undefined, after: string | undefined): boolean => !(isOfWord(before) && isOfWord(after));

const WHOLE = 0;
const BEGINNING = 2;
const INSIDE = 4;
const APART = 6;

function rankAt(text: string, sought: string, at: number): number {
  const end = at + sought.length;
  const begins = isParted(text[at - 1], text[at]);
  const kind = !begins ? INSIDE : isParted(text[end - 1], text[end]) ? WHOLE : BEGINNING;
  return kind + Number(at > 0);
}

const beginsWord = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) if (isParted(text[at - 1], text[at])) return true;
  return false;
};

/** The lower the better; `null` where the text is no answer. Nothing looked for finds nothing. */
export function rankOf(text: string, sought: string): number | null {
  if (sought === "") return null;
  let best: number | null = null;
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
    const rank = rankAt(text, sought, at);
    if (best === null || rank < best) best = rank;
  }
  if (best !== null) return best;
  const words = sought.split(" ");
  return words.length > 1 && words.every((word) => beginsWord(text, word)) ? APART : null;
}

/** The best of an answer's texts. */
export function bestOf(texts: readonly string[], sought: string): number | null {
  const ranks = texts.map((text) => rankOf(text, sought)).filter((rank) => rank !== null);
  return ranks.length === 0 ? null : Math.min(...ranks);
}
