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

/** Each cause with its count. What another says already is left out: high ones in nobody's hands are some of all those, and of all high ones. */
function causeWords(lang: Lang, counts: Counts, causes: readonly Counted[]): string[] {
  const t = catalogue(lang).wall;
  const { high_new: highNew, high, fresh } = counts;
  const isPart = highNew > 0 && fresh > highNew;
  return causes.filter((one) => highNew === 0 || (one !== "fresh" && (one !== "high" || high > highNew)))
    .map((one) => (one === "high_new" && isPart ? t.someHigh(count(lang, fresh), count(lang, highNew)) : t.causes[one](counts[one], count(lang, counts[one]))));
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
  const words = causeWords(lang, counts, causes);
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
