/** The rules' words, asked for once for the desk and the room, and again when they may have changed. */
import { access } from "../../signin/access.ts";
import { mayOpen } from "../../signin/pages.ts";
import { address, get } from "../pages/fetch.ts";
import type { Rule, Rules } from "./view.ts";

type Titles = ReadonlyMap<string, Rule>;

let loaded: Promise<Titles> | null = null;

/** Of a rule that has several versions, the one that is in force last stands. Pure. */
export const byId = (rules: readonly Rule[]): Titles =>
  new Map([...rules].sort((a, b) => (a.effective_from ?? "").localeCompare(b.effective_from ?? "")).map((rule) => [rule.id, rule]));

async function load(): Promise<Titles> {
  const answer = await get<Rules>(address("alerts/rules"));
  // Where the server was not reached, they are asked for again.
  if (!answer.ok) loaded = null;
  return answer.ok ? byId(answer.value.rules) : new Map<string, Rule>();
}

export const loadRules = (): Promise<Titles> => (loaded ??= mayOpen(access(), "alerts") ? load() : Promise.resolve(new Map()));

/** What has just been read for the page of rules. */
export const toldRules = (rules: Titles): void => { loaded = Promise.resolve(rules); };
