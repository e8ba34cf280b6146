/** What is forecast of the open site: the wait of one who comes now, the queue in the next hours, counters to open; or why not. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { clockTime, count, hourMinute, minutes, percent } from "../../../i18n/format.ts";
import type { Hidden, Outlook } from "../../../live/outlook.ts";
import { explainedLabel } from "../../../guide/button.ts";
import { KeyedRows, h, setAttr, setText, show } from "../../../ui/dom.ts";
import { forecastOf } from "../../../guide/keys.ts";
import type { Part } from "../state.ts";

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly hidden: Hidden | null;
}

function why(lang: Lang, hidden: Hidden | null): string {
  const t = catalogue(lang).forecast;
  if (hidden === null) return t.why.no_data;
  return Object.hasOwn(t.why, hidden) ? t.why[hidden] : t.whyUnknown(hidden);
}

function countersLine(lang: Lang, { counters, counters_hidden: hidden, as_of: asOf }: Outlook): Line {
  const t = catalogue(lang).forecast;
  const common = { key: "counters", label: t.counters };
  if (counters === null) return { ...common, value: why(lang, hidden), note: "", hidden: hidden ?? "no_data" };
  const { open, target, steps, too_few_from: tooFew, reaches } = counters;
  const said = steps.map(({ from, counters: n }) => (Date.parse(from) <= Date.parse(asOf) ? t.now(count(lang, n)) : t.from(count(lang, n), hourMinute(lang, from))));
  const needed = tooFew === null ? t.enough : Date.parse(tooFew) <= Date.parse(asOf) ? t.tooFewNow : t.tooFew(hourMinute(lang, tooFew));
  const note = [t.open(count(lang, open)), reaches ? needed : t.beyond, t.target(percent(lang, target.share, 0), minutes(lang, target.wait_s, 0))];
  return { ...common, value: said.join(", "), note: note.join(" · "), hidden: null };
}

/** The lines of a site's forecasts. */
export function forecastLines(lang: Lang, outlook: Outlook): Line[] {
  const t = catalogue(lang).forecast;
  const { wait, wait_hidden: waitHidden, queue } = outlook;
  return [
    wait === null
      ? { key: "wait", label: t.wait, value: why(lang, waitHidden), note: "", hidden: waitHidden ?? "no_data" }
      : { key: "wait", label: t.wait, value: t.minutes(minutes(lang, wait.median_s, 0), minutes(lang, wait.bound_s, 0)), note: t.sample(count(lang, wait.sample)), hidden: null },
    ...queue.map(({ minutes: after, people, hidden }): Line => {
      const common = { key: `queue-${after}`, label: t.queue(count(lang, after)) };
      return people === null
        ? { ...common, value: why(lang, hidden), note: "", hidden: hidden ?? "no_data" }
        : { ...common, value: t.people(count(lang, people.median), count(lang, people.bound)), note: t.sample(count(lang, people.sample)), hidden: null };
    }),
    countersLine(lang, outlook),
  ];
}

/** The one reason why nothing at all is told; `null` where something is, or the reasons differ. */
export function reasonOfAll(lines: readonly Line[]): Hidden | null {
  const first = lines[0]?.hidden ?? null;
  return lines.every(({ hidden }) => hidden === first) ? first : null;
}

export function panelForecast(): Part {
  const title = h("h3", { class: "section-title" });
  const note = h("span", { class: "section-note quiet" });
  const reason = h("p", { class: "quiet", attrs: { "data-testid": "forecast-reason" } });
  const list = h("ul", { class: "forecast" });
  const node = h("section", { class: "section", attrs: { "data-testid": "panel-forecast" } }, h("div", { class: "section-head" }, title, note), reason, list);
  const rows = new KeyedRows<Line>(list, (line) => line.key, () => {
    const [label, value, small] = [explainedLabel(), h("span", { class: "forecast-value" }), h("span", { class: "forecast-note quiet" })];
    const row = h("li", {}, h("span", { class: "forecast-label" }, label.node), value, small);
    return {
      node: row,
      update(line) {
        setAttr(row, "data-key", line.key);
        setAttr(row, "data-hidden", line.hidden);
        label.update(forecastOf(line.key), line.label);
        setText(value, line.value);
        setText(small, line.note);
      },
    };
  });
  return {
    node,
    update({ lang, open }) {
      const outlook = open?.view?.outlook ?? null;
      show(node, outlook !== null);
      if (outlook === null) return;
      const t = catalogue(lang).forecast;
      const lines = forecastLines(lang, outlook);
      const all = reasonOfAll(lines);
      setText(title, t.title);
      setText(note, t.note(count(lang, outlook.days), clockTime(lang, outlook.as_of)));
      setText(reason, all === null ? "" : why(lang, all));
      show(reason, all !== null);
      show(list, all === null);
      rows.update(all === null ? lines : []);
    },
  };
}
