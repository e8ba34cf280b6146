/** The day's picture on the page, with its files, its values, and the cursor that is put where it is pressed. */
import { catalogue } from "../../i18n/index.ts";
import { count, decimal, hourMinute, minutes, moment, shortDate } from "../../i18n/format.ts";
import { chartFigure } from "../charts/figure.ts";
import type { Charted } from "../charts/figure.ts";
import { dayBegin } from "../charts/reports.ts";
import { titleOf } from "../desk/words.ts";
import { Changes } from "../pages/changes.ts";
import { fileStem } from "../pages/csv.ts";
import { dayOfState } from "./model.ts";
import type { Day } from "./model.ts";
import { isDrawn } from "./notes.ts";
import { drawDay, instantOf, moveCursor } from "./picture.ts";
import type { Player } from "./player.ts";
import { dayInForce } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import { valuesOf } from "./values.ts";

/** What the picture shows, in a sentence for who does not see it. */
function described({ lang, whole: { value }, view: { site }, target }: PageState, { alerts }: Day): string {
  const t = catalogue(lang).day;
  const row = value?.rows.find((one) => one.site === site);
  return t.described({
    n: count(lang, row?.visits), mean: minutes(lang, row?.mean_wait_s), p90: minutes(lang, row?.p90_wait_s),
    target: target === null ? "" : decimal(lang, target / 60, 0), alerts: count(lang, alerts.length),
  });
}

function charted(state: PageState, day: Day): Charted {
  const { lang, places, rules, view: { site }, asOf, simulated, target } = state;
  const { day: t, charts, asOf: complete } = catalogue(lang);
  const date = dayInForce(state);
  const title = t.pictureTitle(places.names.short(site), shortDate(lang, dayBegin(date)));
  const lost = day.queue?.lost ?? 0;
  const note = [t.reading, day.queue === null && !day.hasBoard && state.tickets.value === null ? t.noQueue : "", lost > 0 ? t.lost(count(lang, lost)) : "", day.queueUntil < day.until ? t.queueUntil(hourMinute(lang, day.queueUntil)) : ""].filter((one) => one !== "").join(" ");
  return {
    title, note,
    source: charts.source(t.sources, complete(moment(lang, asOf)), simulated),
    name: fileStem("day", site, date, simulated),
    values: valuesOf(lang, day),
    draw: (width) => drawDay({ lang, day, target, title, text: described(state, day), name: ({ one }) => titleOf({ lang, places, rules }, one) }, width),
  };
}

export function dayFigure(play: Player): Part {
  let shown: { readonly state: PageState; readonly day: Day } | null = null;
  let made: Charted | null = null;
  const changes = new Changes();
  const place = (): void => {
    const { drawn } = figure;
    if (drawn !== null && shown !== null) moveCursor(drawn, shown.state.lang, shown.day, Number(drawn.getAttribute("width")), play.at());
  };
  const figure = chartFigure("day-figure", place);
  play.follow(place);
  const point = (event: PointerEvent): void => {
    const { drawn } = figure;
    if (drawn === null || shown === null) return;
    play.put(instantOf(shown.day, Number(drawn.getAttribute("width")))(event.clientX - drawn.getBoundingClientRect().left));
  };
  figure.box.addEventListener("pointerdown", (event) => { if (event.isPrimary && event.button === 0) point(event); });
  figure.box.addEventListener("pointermove", (event) => { if (event.buttons === 1 && event.pointerType === "mouse") point(event); });
  return {
    node: figure.node,
    update(state) {
      const day = isDrawn(state) ? dayOfState(state) : null;
      shown = day === null ? null : { state, day };
      if (day === null) made = null;
      else if (changes.of(state.lang, state.view.site, state.asOf, state.hours, state.more, state.whole, state.quarters, state.ratings, state.boards, state.alerts, state.tickets, state.places, state.rules, state.target, state.simulated) || made === null) made = charted(state, day);
      figure.update(state.lang, made);
    },
  };
}
