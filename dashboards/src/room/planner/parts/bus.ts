/** By bus and on foot: who reaches a point in time, by the timetable that is public, and what that timetable is. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { lowest, reachOf, shareOf } from "../bus.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { Bus } from "../view.ts";
import { dataWords, kindsWords } from "../words.ts";
import { busForm } from "./busform.ts";
import { figure } from "./change.ts";
import { figureTable } from "./figures.ts";
import { standing } from "./standing.ts";

/** Units that are listed: where it is worst is what one looks for. */
const MOST = 10;

function timetableWords(lang: Lang, { timetable: { credit, runs } }: Bus): string {
  const t = catalogue(lang).planner;
  const source = credit === null ? t.busNoCredit : t.busCredit(credit.credit, credit.licence, credit.date);
  return `${source} ${runs === null ? t.busNoRuns : t.busRuns(runs.from, runs.until)}`;
}

export function busPart(actions: Actions): Part {
  const title = h("h2");
  const lead = h("p", { class: "quiet" });
  const asks = busForm(actions);
  const stands = standing(actions);
  const beyond = h("p", { class: "as-today", attrs: { "data-testid": "bus-beyond", role: "status" } });
  const people = { p50: figure("bus-p50"), p10: figure("bus-p10"), p90: figure("bus-p90"), riding: figure("bus-riding") };
  const sums = h("ul", { class: "sums planner-sums" }, ...Object.values(people).map(({ node }) => node));
  const source = h("p", { class: "as-today", attrs: { "data-testid": "bus-timetable" } });
  const worst = h("div");
  const basis = h("p", { class: "quiet basis" });
  const box = h("div", {}, beyond, sums, source, worst, basis);
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "bus-part" } }, marked(title, "reach_bus"), lead, asks.node, stands.above, box);
  const changes = new Changes();

  const draw = ({ lang, view, places }: PageState, bus: Bus): void => {
    const t = catalogue(lang).planner;
    const { question: { weekday, from, until, minutes }, city: { population, riding, under } } = bus;
    const share = (n: number): string => percent(lang, population > 0 ? n / population : null);
    const reach = reachOf(bus);
    show(beyond, reach !== "within");
    setText(beyond, reach === "beyond" ? t.busBeyond : t.busPartly);
    people.p50.set(t.busHalf(count(lang, minutes)), `${count(lang, under.p50)} (${share(under.p50)})`);
    people.p10.set(`${share(under.p10)}, ${t.busTenth}`, count(lang, under.p10));
    people.p90.set(`${share(under.p90)}, ${t.busNineTenths}`, count(lang, under.p90));
    people.riding.set(`${share(riding)}, ${t.busRiding}`, count(lang, riding));
    setText(source, timetableWords(lang, bus));
    worst.replaceChildren(figureTable({
      testid: "bus-units", caption: t.busUnits(count(lang, MOST)), heads: [t.unit, t.population, t.areaShare, t.areaLeft],
      rows: lowest(bus.units, MOST).map((one) => [places.names.unit(one.unit), count(lang, one.population), percent(lang, shareOf(one)), count(lang, one.population - one.under.p50)]),
    }));
    const when = t.busWhen(t.weekdays[weekday - 1] ?? "", `${from}–${until}`, count(lang, minutes));
    setText(basis, [when, kindsWords(lang, view.question.kinds), ...dataWords(lang, bus.data)].join(" · "));
  };

  return {
    node,
    update(state) {
      const { lang, view, bus, places } = state;
      show(node, view.tab === "bus");
      if (view.tab !== "bus") return;
      const t = catalogue(lang).planner;
      setText(title, t.busTitle);
      setText(lead, t.busLead);
      asks.update(state);
      stands.update(state, bus, true);
      show(box, bus.value !== null);
      if (bus.value !== null && changes.of(lang, bus.value, places)) draw(state, bus.value);
    },
  };
}
