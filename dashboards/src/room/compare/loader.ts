/** What the comparison asks: the days as a whole by points, then each hour in which anything counted. */
import { ManyQuestions } from "../charts/many.ts";
import { byHour, bySite, dayBegin, rowsBySite } from "../charts/reports.ts";
import type { OfSite, Report } from "../charts/reports.ts";
import { Questioner } from "../pages/fetch.ts";
import { FIGURE, HOUR, hoursAsked } from "./model.ts";
import { MOST_DAYS, daysIn, inForce } from "./state.ts";
import type { PageState, Row } from "./state.ts";

interface Loader {
  ask(again: boolean): void;
}

export function compareLoader(state: () => PageState, put: (patch: Partial<PageState>) => void): Loader {
  const ofHours = new Questioner<NonNullable<PageState["hours"]["value"]>>((hours) => {
    put({ hours, ...(hours.value === null ? {} : { asOf: hours.value.as_of, simulated: hours.value.simulated }) });
    if (hours.value !== null && !hours.asking) askSpans();
  });
  const ofWhole = new Questioner<NonNullable<PageState["whole"]["value"]>>((whole) => { put({ whole }); });
  const ofSpans = new ManyQuestions<Report<OfSite<Row>>, ReadonlyMap<string, Row>>(rowsBySite, (spans) => { put({ spans }); });

  const askSpans = (): void => {
    const { view, asOf, hours } = state();
    const days = inForce(state());
    if (view.sites.length === 0 || days === null || daysIn(days) > MOST_DAYS) {
      ofSpans.ask([]);
      return;
    }
    if (hours.value === null) return;
    const url = (at: number): string => bySite(FIGURE[view.figure].family, at, at + HOUR);
    const all = hoursAsked(state());
    // Of hours that have lately run, figures still change.
    const now = asOf === null ? Infinity : Date.parse(asOf);
    ofSpans.ask(all.map(url), isAgain ? new Set(all.filter((at) => at >= now - 3 * HOUR).map(url)) : new Set());
    isAgain = false;
  };

  let isAgain = false;
  return {
    ask(again) {
      const { view } = state();
      const days = inForce(state());
      const span = view.sites.length === 0 || days === null ? null : [dayBegin(days.from), dayBegin(days.to) + 24 * HOUR] as const;
      isAgain = again;
      ofWhole.ask(span === null ? null : bySite(FIGURE[view.figure].family, ...span), { again });
      ofHours.ask(span === null ? null : byHour(...span, FIGURE[view.figure].family), { again });
      if (!again) askSpans();
    },
  };
}
