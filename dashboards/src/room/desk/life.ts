/** What may be done with a case in which state, as `docs/alerts.md` has it, and with which key. Pure. */
import { hasPart, hasWhole } from "../../signin/access.ts";
import type { Access } from "../../signin/access.ts";
import type { Case, CaseState } from "../../live/views.ts";

export const ACTS = ["acknowledge", "assign", "explain", "urge", "answer", "shelve", "unshelve", "close"] as const;
export type Act = (typeof ACTS)[number];

export const ALLOWED: Readonly<Record<CaseState, readonly Act[]>> = {
  new: ["acknowledge", "assign", "explain", "urge", "answer", "shelve"],
  acknowledged: ["assign", "explain", "urge", "answer", "shelve"],
  returned: ["acknowledge", "assign", "explain", "urge", "answer", "close"],
  settled: ["assign", "explain", "urge", "answer", "close"],
  shelved: ["assign", "explain", "urge", "answer", "shelve", "unshelve"],
  suppressed: ["assign", "explain"],
  closed: ["explain", "urge", "answer"],
};

export const KEY_OF: Readonly<Record<Act, string>> = {
  acknowledge: "a", assign: "s", explain: "e", urge: "u", answer: "r", shelve: "h", unshelve: "b", close: "c",
};

/** Done at once; every other asks for something first. */
export const isPlain = (act: Act): boolean => act === "acknowledge" || act === "unshelve";

export const unanswered = ({ urges }: Case): Case["urges"] => urges.filter(({ answer }) => answer === null);

export const may = (one: Case, act: Act): boolean => ALLOWED[one.state].includes(act) && (act !== "answer" || unanswered(one).length > 0);

/** Whether a case is for whoever is in to act on: one of several points is the whole room's. */
export const isMine = (access: Access, { site, agency }: Pick<Case, "site" | "agency">): boolean =>
  hasWhole(access, "act_on_alerts") || (hasPart(access, "act_on_alerts") && (site !== null || agency !== null));

export type Command = Act | "next" | "previous" | "open" | "fresh" | "find" | "help";

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["j", "next"], ["k", "previous"], ["Enter", "open"], ["n", "fresh"], ["f", "find"], ["?", "help"], ...ACTS.map((act) => [KEY_OF[act], act] as const),
]);

/** The command of a key; letters are those of the key whether or not a shift holds them up. */
export const commandOf = (key: string): Command | null => {
  const one = key.length === 1 ? key.toLowerCase() : key;
  return COMMANDS.get(one) ?? null;
};
