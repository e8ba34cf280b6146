/** The question that everything on the page answers: how one travels, what counts as reached, and which points count. Pure. */
import type { Query } from "../pages/hash.ts";
import { KINDS, MODES, RULES } from "./view.ts";
import type { Question } from "./view.ts";

export const USUAL: Question = { mode: "motorbike", rule: "any", minutes: 30, km: 5, kinds: KINDS };

/** What may be asked: a whole day's travel and the city's length are more than enough. */
const MOST = { minutes: 240, km: 100 } as const;

function limit(text: string | undefined, name: keyof typeof MOST): number {
  const value = Number(text);
  return text !== undefined && text !== "" && Number.isFinite(value) && value >= 0 && value <= MOST[name] ? value : USUAL[name];
}

export const isLimit = (value: number, name: keyof typeof MOST): boolean => value >= 0 && value <= MOST[name];

export function questionOf(query: Query): Question {
  const asked = query["kinds"]?.split(",") ?? [];
  const kinds = KINDS.filter((kind) => asked.includes(kind));
  return {
    mode: MODES.find((one) => one === query["mode"]) ?? USUAL.mode,
    rule: RULES.find((one) => one === query["rule"]) ?? USUAL.rule,
    minutes: limit(query["minutes"], "minutes"),
    km: limit(query["km"], "km"),
    // A question about no points at all has no answer.
    kinds: kinds.length === 0 ? USUAL.kinds : kinds,
  };
}

const hasAll = ({ kinds }: Question): boolean => kinds.length === KINDS.length;

/** What differs from the usual question, for the address. */
export function queryOfQuestion(question: Question): Query {
  const { mode, rule, minutes, km, kinds } = question;
  return {
    mode: mode === USUAL.mode ? "" : mode,
    rule: rule === USUAL.rule ? "" : rule,
    minutes: minutes === USUAL.minutes ? "" : String(minutes),
    km: km === USUAL.km ? "" : String(km),
    kinds: hasAll(question) ? "" : kinds.join(","),
  };
}

/** The question as the server's GETs take it: said in full, so that an answer never hangs on a default. */
export const paramsOf = ({ mode, rule, minutes, km, kinds }: Question): Record<string, string | number> =>
  ({ mode, rule, minutes, km, kinds: kinds.join(",") });

export const isSameQuestion = (a: Question, b: Question): boolean => JSON.stringify(paramsOf(a)) === JSON.stringify(paramsOf(b));
