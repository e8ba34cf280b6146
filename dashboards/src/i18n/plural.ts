/** English counts: one has another word than many. Numbers come as they are shown, `1,234` or `1.0`. Pure. */
const rules = new Map<number, Intl.PluralRules>();

function ruleOf(digits: number): Intl.PluralRules {
  let rule = rules.get(digits);
  if (rule === undefined) {
    rule = new Intl.PluralRules("en", { minimumFractionDigits: digits });
    rules.set(digits, rule);
  }
  return rule;
}

/** The word that goes with a number: "is" or "are", "point" or "points". What is no number takes the many's. */
export function plural(n: string, one: string, other = `${one}s`): string {
  const [shown = "", , digits = ""] = /^[\d,]+(\.(\d+))?$/.exec(n) ?? [];
  return shown !== "" && ruleOf(digits.length).select(Number(shown.replace(/,/g, ""))) === "one" ? one : other;
}

/** A number with its word: "1 point", "2 points", "1.0 minutes". */
export const several = (n: string, one: string, other?: string): string => `${n} ${plural(n, one, other)}`;
