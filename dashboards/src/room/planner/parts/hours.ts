/** Who reaches an open point at each quarter of an hour of the week. */
import { catalogue } from "../../../i18n/index.ts";
import { count, decimal, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setAttr, setText, show, svg } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import type { Actions, PageState, Part } from "../state.ts";
import { DAY_SLOTS, SLOTS, slotAfter, timeOf, weekPath } from "../week.ts";
import { standing } from "./standing.ts";

const [WIDTH, HEIGHT] = [672, 120];
const DAYS = 7;

export function hoursPart(actions: Actions): Part {
  const title = h("h2");
  const stands = standing(actions);
  const lead = h("p", { class: "planner-lead", attrs: { "data-testid": "hours-now" } });
  const area = svg("path", { class: "week-area" });
  const mark = svg("path", { class: "week-mark" });
  const days = Array.from({ length: DAYS - 1 }, (_, i) => svg("path", { d: `M${(i + 1) * DAY_SLOTS} 0V${HEIGHT}`, class: "week-day" }));
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "week-chart", role: "img", "data-testid": "week-chart" }, area, ...days, mark);
  const dayNames = h("div", { class: "week-days", attrs: { "aria-hidden": "true" } });
  const slider = h("input", { class: "week-slider", attrs: { type: "range", min: "0", max: String(SLOTS - 1), step: "1", "data-testid": "week-slider" }, on: {
    input: () => { choose(Number(slider.value)); },
    keydown: (event) => {
      const next = slotAfter(Number(slider.value), event.key);
      if (next === null) return;
      event.preventDefault();
      choose(next);
    },
  } });
  const onMap = h("p", { class: "as-today", attrs: { "data-testid": "hours-on-map" } });
  const most = h("p", { class: "quiet" });
  const week = h("p");
  const assumed = h("p", { class: "as-today", attrs: { "data-testid": "hours-assumed" } });
  const keys = h("p", { class: "quiet" });
  const box = h("div", {}, lead, h("div", { class: "week" }, chart, slider, dayNames), onMap, keys, most, week, assumed);
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "hours-part" } }, marked(title, "reach_hours"), stands.above, box, stands.basis);
  const [changes, ofDays] = [new Changes(), new Changes()];

  const choose = (slot: number): void => {
    // At once: the next key goes on from here, and may come before the page is drawn.
    slider.value = String(slot);
    actions.go((view) => ({ ...view, slot }), true);
  };
  chart.addEventListener("click", (event) => {
    const { left, width } = chart.getBoundingClientRect();
    if (width > 0) choose(Math.max(0, Math.min(SLOTS - 1, Math.floor((((event as MouseEvent).clientX - left) / width) * SLOTS))));
  });

  const draw = ({ lang, hours: { value } }: PageState): void => {
    if (value === null) return;
    const t = catalogue(lang).planner;
    const top = Math.max(0, ...value.slots);
    area.setAttribute("d", weekPath(value.slots, value.population, WIDTH, HEIGHT));
    const open = value.slots.filter((one) => one > top / 2).length / 4;
    const best = timeOf(value.slots.indexOf(top));
    const words = t.weekMost(count(lang, top), `${t.weekdays[best.day] ?? ""} ${best.time}`, decimal(lang, open, 0));
    chart.setAttribute("aria-label", words);
    setText(most, words);
    const { mean, worst_tenth: worst } = value.hours_a_week;
    setText(week, t.hoursAWeek(decimal(lang, mean), decimal(lang, worst)));
    show(assumed, value.assumed);
    setText(assumed, t.hoursAssumed);
  };

  return {
    node,
    update(state) {
      const { lang, view, hours } = state;
      show(node, view.tab === "hours");
      if (view.tab !== "hours") return;
      const t = catalogue(lang).planner;
      setText(title, t.hoursTitle);
      stands.update(state, hours, true);
      show(box, hours.value !== null);
      if (ofDays.of(lang)) dayNames.replaceChildren(...t.weekdaysShort.map((text) => h("span", { text })));
      const { day, time } = timeOf(view.slot);
      const at = `${t.weekdays[day] ?? ""} ${time}`;
      const people = hours.value?.slots[view.slot];
      const said = t.hoursNow(at, count(lang, people), percent(lang, people === undefined || hours.value === null ? null : people / hours.value.population));
      setText(lead, said);
      setAttr(slider, "aria-label", t.hoursSlider);
      setAttr(slider, "aria-valuetext", said);
      slider.value = String(view.slot);
      mark.setAttribute("d", `M${view.slot + 0.5} 0V${HEIGHT}`);
      setText(onMap, t.hoursOnMap);
      setText(keys, t.hoursKeys);
      if (changes.of(lang, hours.value)) draw(state);
    },
  };
}
