/** How right the model was where it had not learned: what it said against what came, beside saying one rate for all. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, decimal, percent, shortDate } from "../../i18n/format.ts";
import { h, setText } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import type { Column } from "../pages/table.ts";
import { verdict } from "./model.ts";
import { figures } from "./part.ts";
import type { Part } from "./part.ts";
import type { Bin, Forecast } from "./view.ts";

function columns(lang: Lang): Column<Bin>[] {
  const t = catalogue(lang).agencyPage;
  return [
    { key: "range", title: t.range, cell: ({ from, to }) => `${percent(lang, from)} – ${percent(lang, to)}` },
    { key: "said", title: t.said, isNumber: true, cell: ({ said }) => percent(lang, said, 2) },
    { key: "came", title: t.came, isNumber: true, cell: ({ came }) => percent(lang, came, 2) },
    { key: "times", title: t.times, isNumber: true, cell: ({ n }) => count(lang, n) },
  ];
}

function words(lang: Lang, { learned, calibration }: Forecast): HTMLElement[] {
  const t = catalogue(lang).agencyPage;
  const date = (time: string): string => shortDate(lang, time);
  return [
    h("p", { text: t.learned({ n: count(lang, learned.dossiers), late: count(lang, learned.late), from: date(learned.from), until: date(learned.to) }) }),
    h("p", { text: t.tried(date(learned.tried_from), count(lang, calibration.n)) }),
    h("dl", { class: "brier" },
      h("div", {}, h("dt", { text: t.brier }), h("dd", { text: decimal(lang, calibration.brier, 6), attrs: { "data-testid": "brier" } })),
      h("div", {}, h("dt", { text: t.brierOfRate }), h("dd", { text: decimal(lang, calibration.brier_of_rate, 6), attrs: { "data-testid": "brier-of-rate" } }))),
    h("p", { class: "verdict", text: verdict(lang, calibration), attrs: { "data-testid": "verdict" } }),
  ];
}

export function calibration(): Part {
  const title = h("h2");
  const hint = h("p", { class: "quiet" });
  const said = h("div", { class: "said" });
  const table = figures<Bin>("calibration", ({ from }) => String(from));
  const node = h("section", { class: "page-part", attrs: { "data-testid": "calibration-part" } }, title, hint, h("div", { class: "beside" }, table.node, said));
  const changes = new Changes();
  const ofLang = new Changes();
  let made: Column<Bin>[] = [];
  return {
    node,
    update({ lang, forecast }) {
      node.hidden = forecast.value === null;
      if (forecast.value === null) return;
      const t = catalogue(lang).agencyPage;
      if (ofLang.of(lang)) made = columns(lang);
      setText(title, t.calibration);
      setText(hint, t.calibrationHint);
      if (changes.of(lang, forecast.value)) said.replaceChildren(...words(lang, forecast.value));
      table.update({ columns: made, rows: forecast.value.calibration.bins, order: null, label: t.calibration, empty: t.untried });
    },
  };
}
