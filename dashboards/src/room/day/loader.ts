/** What the page of a day asks: the point and its day as a whole, then each quarter of an hour, then what is made of them. */
import type { Many } from "../charts/many.ts";
import { ManyQuestions } from "../charts/many.ts";
import { byHour, bySite, dayBegin, rowsBySite } from "../charts/reports.ts";
import type { Boards, OfSite, Ratings, Report, Visits } from "../charts/reports.ts";
import { addDays } from "../pages/days.ts";
import { Questioner, UNASKED, address, get } from "../pages/fetch.ts";
import { DAY, HOUR, QUARTER, hoursOfState, quartersOf, stillOpen } from "./model.ts";
import { dayInForce, standingOf } from "./state.ts";
import type { Alerts, PageState, Site } from "./state.ts";
import { askTickets } from "./tickets.ts";

/** Alerts of a point that are looked through. */
const MOST_ALERTS = 2_000;

interface Loader {
  ask(again: boolean): void;
  /** A minute has passed: what of a running day may have changed is asked again. */
  again(): void;
}

export function dayLoader(state: () => PageState, put: (patch: Partial<PageState>) => void): Loader {
  const told = ({ as_of, simulated }: { readonly as_of: string; readonly simulated: boolean }): Partial<PageState> => ({ asOf: as_of, simulated });
  // Which hours are asked for is known when they have been answered; what is asked again waits for that.
  let isAgain = false;
  const settle = (): void => {
    const { hours, more } = state();
    if (hours.value === null || hours.asking || more.asking) return;
    askSpans(isAgain);
    isAgain = false;
  };
  const ofSite = new Questioner<Site>((site) => {
    const isFirst = site.value !== null && state().asOf === null;
    put({ site, ...(site.value === null ? {} : { asOf: site.value.as_of }) });
    if (isFirst) ask(false);
  });
  const ofHours = new Questioner<NonNullable<PageState["hours"]["value"]>>((hours) => {
    put({ hours, ...(hours.value === null ? {} : told(hours.value)) });
    settle();
  });
  const ofMore = new ManyQuestions<Report<{ readonly hour: string }>, readonly string[]>(({ rows }) => rows.map(({ hour }) => hour), (more) => {
    put({ more });
    settle();
  });
  const ofWhole = new Questioner<NonNullable<PageState["whole"]["value"]>>((whole) => { put({ whole }); });
  const ofBoard = new Questioner<NonNullable<PageState["board"]["value"]>>((board) => {
    put({ board });
    if (board.value !== null && !board.asking) askSpans(false);
  });
  const ofAlerts = new Questioner<Alerts>((alerts) => { put({ alerts }); });
  const ofQuarters = new ManyQuestions<Report<OfSite<Visits>>, ReadonlyMap<string, Visits>>(rowsBySite, (quarters) => { put({ quarters }); });
  const ofRatings = new ManyQuestions<Report<OfSite<Ratings>>, ReadonlyMap<string, Ratings>>(rowsBySite, (ratings: Many<ReadonlyMap<string, Ratings>>) => { put({ ratings }); });
  const ofBoards = new ManyQuestions<Report<OfSite<Boards>>, ReadonlyMap<string, Boards>>(rowsBySite, (boards) => { put({ boards }); });
  let ofTickets = "";
  let mayAsk: boolean | null = null;

  const askRight = async (): Promise<void> => {
    const answer = await get<{ readonly rights: Readonly<Record<string, string>> }>(address("session"));
    mayAsk = answer.ok && answer.value.rights["query"] === "allowed";
    put({ mayQuery: mayAsk });
    void askSingle(false);
  };

  const askSingle = async (again: boolean): Promise<void> => {
    const { view: { site, queue }, asOf } = state();
    const day = dayInForce(state());
    // A day opened by a link may be asked about before the server has told its now, which is up to when the answer holds.
    const key = queue && mayAsk === true && asOf !== null && site !== "" && day !== "" ? `${site} ${day}` : "";
    if (key === ofTickets && !again) return;
    const isOther = key !== ofTickets;
    ofTickets = key;
    if (key === "" || asOf === null) {
      put({ tickets: UNASKED });
      return;
    }
    put({ tickets: { value: isOther ? null : state().tickets.value, asking: true, problem: null } });
    const answer = await askTickets(site, day, addDays(day, 1), Date.parse(asOf));
    if (ofTickets !== key) return;
    put({ tickets: answer.ok ? { value: answer.value, asking: false, problem: null } : { value: state().tickets.value, asking: false, problem: answer.problem } });
  };

  const askSpans = (again: boolean): void => {
    const { hours: { value }, more, board, view: { site }, asOf } = state();
    const day = dayInForce(state());
    if (value === null || asOf === null || more.asking) return;
    const now = Date.parse(asOf);
    const isToday = standingOf(day, asOf) === "today";
    const hours = hoursOfState(state());
    const quarters = quartersOf(hours, isToday ? now : Infinity);
    const begun = hours.filter((at) => !isToday || at < now);
    const spans = (family: "visits" | "boards" | "ratings", all: readonly number[], length: number): readonly [string[], ReadonlySet<string>] => {
      const url = (at: number): string => bySite(family, at, at + length);
      return [all.map(url), new Set(again ? (isToday ? stillOpen(all, now - length) : all).map(url) : [])];
    };
    ofQuarters.ask(...spans("visits", quarters, QUARTER));
    ofRatings.ask(...spans("ratings", begun, HOUR));
    const hasBoard = board.value?.rows.some((row) => row.site === site) === true;
    ofBoards.ask(...spans("boards", hasBoard ? quarters : [], QUARTER));
  };

  const ask = (again: boolean, byHand = true): void => {
    const { view: { site }, asOf } = state();
    ofSite.ask(site === "" ? null : address(`sites/${encodeURIComponent(site)}`), { again });
    // The day may be the server's today, and that is not known before the point is.
    const day = dayInForce(state());
    const isAsked = site !== "" && asOf !== null && standingOf(day, asOf) !== "ahead";
    const [from, to] = isAsked ? [dayBegin(day), dayBegin(day) + DAY] : [0, 0];
    isAgain = again;
    ofHours.ask(isAsked ? byHour(from, to) : null, { again });
    const others = (["ratings", "boards"] as const).map((family) => byHour(from, to, family));
    ofMore.ask(isAsked ? others : [], new Set(again ? others : []));
    ofWhole.ask(isAsked ? bySite("visits", from, to) : null, { again });
    ofBoard.ask(isAsked ? bySite("boards", from, to) : null, { again });
    ofAlerts.ask(isAsked ? address("alerts", { state: "all", site, limit: MOST_ALERTS }) : null, { again });
    if (!isAsked) for (const one of [ofQuarters, ofRatings, ofBoards]) one.ask([]);
    else if (!again) askSpans(false);
    if (mayAsk === null) void askRight();
    else void askSingle(again && byHand);
  };

  return {
    ask,
    again: () => {
      const isToday = standingOf(dayInForce(state()), state().asOf) === "today";
      const isFailed = [state().site, state().hours, state().quarters].some(({ problem }) => problem !== null);
      // A day that is over does not change while it is read.
      if (isToday || isFailed) ask(true, false);
    },
  };
}
