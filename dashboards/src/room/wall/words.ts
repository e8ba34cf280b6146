/** What the wall says: the sentence of the city's state, and its changes. Pure. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { clockTime, count, minutes, span } from "../../i18n/format.ts";
import { subjectOf, titleOf } from "../desk/words.ts";
import type { Told } from "../desk/words.ts";
import { shortName } from "../supervision/names.ts";
import { CITY } from "./changes.ts";
import type { Change } from "./changes.ts";
import { countsOf, judge } from "./rule.ts";
import type { Counted, Counts, Stand } from "./rule.ts";
import { ageSeconds } from "./state.ts";
import type { PageState } from "./state.ts";

export interface Face {
  readonly state: Stand | "lost";
  readonly word: string;
  readonly sentence: string;
}

const begun = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

/** A count that another, told before it, says already is left out. */
function toldCauses(counts: Counts, causes: readonly Counted[]): readonly Counted[] {
  const isSaid = (one: Counted): boolean => causes.includes("high_new") && counts[one] === counts.high_new;
  return causes.filter((one) => (one !== "high" && one !== "fresh") || !isSaid(one));
}

function why(lang: Lang, { city, alerts, isRefused }: PageState): string {
  const t = catalogue(lang).wall;
  if (isRefused) return t.noDesk;
  return city === null || alerts === null ? t.waiting : t.notHeard;
}

/** The one state of the city, and the one sentence that says what it comes of. */
export function faceOf(page: PageState): Face {
  const { lang, city, alerts, cityAt, isLost } = page;
  const t = catalogue(lang).wall;
  if (isLost) {
    const age = ageSeconds(page);
    return { state: "lost", word: t.lost, sentence: age === null ? t.lostNever : t.lostSince(clockTime(lang, cityAt), span(lang, age)) };
  }
  const counts = countsOf(city, alerts, latest(page));
  const { state, causes } = judge(counts);
  const word = t.states[state];
  if (counts === null) return { state, word, sentence: why(lang, page) };
  const words = toldCauses(counts, causes).map((one) => t.causes[one](counts[one], count(lang, counts[one])));
  return { state, word, sentence: words.length === 0 ? t.calm : `${begun(words.join(", "))}.` };
}

/** The later of the two topics' *now*. */
export function latest({ cityAt, alertsAt }: Pick<PageState, "cityAt" | "alertsAt">): string | null {
  if (cityAt === null || alertsAt === null) return cityAt ?? alertsAt;
  return Date.parse(cityAt) > Date.parse(alertsAt) ? cityAt : alertsAt;
}

export interface ChangeWords {
  readonly subject: string;
  readonly what: string;
}

export function changeWords(told: Told, change: Change): ChangeWords {
  const t = catalogue(told.lang);
  const kind = t.wall.kinds[change.kind];
  if ("one" in change) return { subject: subjectOf(told, change.one), what: `${kind}: ${titleOf(told, change.one)}` };
  const subject = change.site === CITY ? t.desk.wholeCity : shortName({ id: change.site, name: change.name });
  return { subject, what: `${kind}: ${t.wall.meanWait(minutes(told.lang, change.seconds))}` };
}
