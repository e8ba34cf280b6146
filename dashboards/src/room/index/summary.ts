/** The total of what is known, and beside it, never mixed with it, the official and the published scores. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count, moment } from "../../i18n/format.ts";
import { marked } from "../../guide/button.ts";
import { h } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { periodWords } from "../pages/period.ts";
import { isUnknown, points } from "./model.ts";
import { openRow } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import type { Index, IndexRow } from "./view.ts";

function estimate({ lang }: PageState, row: IndexRow): HTMLElement {
  const t = catalogue(lang).index766;
  const { total } = row;
  const missing = total.max - total.max_known;
  const band = row.band === null ? t.noBand(points(lang, missing)) : wordFor(t.bands, row.band);
  return h("section", { class: "score is-estimate", attrs: { "data-testid": "estimate" } },
    marked(h("h2", { text: t.estimate }), "index_total"),
    h("p", { class: "score-line" },
      h("strong", { class: "score-number", text: isUnknown(total) ? t.unknown : points(lang, total.points), attrs: { "data-testid": "total" } }),
      h("span", { text: t.totalOf(points(lang, total.max_known)) }),
      h("span", { class: "quiet", text: t.outOf(points(lang, total.max)) })),
    h("p", { text: missing > 0 ? t.range(points(lang, total.points), points(lang, total.at_most)) : t.whole, attrs: { "data-testid": "range" } }),
    h("p", { text: band, class: row.band === null ? "quiet" : "" }),
    row.at_risk > 0 ? marked(h("p", { class: "score-risk", text: t.atRisk(count(lang, row.at_risk)), attrs: { "data-testid": "at-risk" } }), "index_at_risk") : null);
}

function official({ lang }: PageState, { official: entry }: Index): HTMLElement {
  const t = catalogue(lang).index766;
  const node = h("section", { class: "score", attrs: { "data-testid": "official" } }, marked(h("h2", { text: t.official }), "index_official"));
  if (entry === null) node.append(h("p", { class: "quiet", text: t.noOfficial }));
  else {
    const { total, sum } = entry.value;
    node.append(
      h("p", { class: "score-line" }, h("strong", { class: "score-number", text: points(lang, total ?? sum) })),
      h("p", { text: total === null ? t.officialSum(points(lang, sum)) : t.officialIs(points(lang, total), points(lang, sum)) }),
      h("p", { class: "quiet", text: catalogue(lang).pages.enteredFrom(entry.source, moment(lang, entry.entered_at)) }));
  }
  return node;
}

function baselines({ lang }: PageState, { baselines: published }: Index): HTMLElement[] {
  const t = catalogue(lang).index766;
  return published.map(({ period, total, sum, source }) => h("section", { class: "score", attrs: { "data-testid": "baseline" } },
    h("h2", { text: t.baseline(periodWords(catalogue(lang).pages, period)) }),
    h("p", { class: "score-line" }, h("strong", { class: "score-number", text: points(lang, total) })),
    h("p", { text: total === null || Math.abs(total - sum) < 0.005 ? t.baselineSame(points(lang, total)) : t.baselineIs(points(lang, sum), points(lang, total)) }),
    h("p", { class: "quiet", text: t.from(source) })));
}

export function summary(): Part {
  const node = h("div", { class: "scores" });
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, index } = state;
      const row = openRow(state);
      node.hidden = row === null;
      if (!changes.of(lang, index.value, row) || index.value === null || row === null) return;
      // What is published is the city's: a part of it has none.
      const beside = row.key === "" ? [official(state, index.value), ...baselines(state, index.value)] : [];
      node.replaceChildren(estimate(state, row), ...beside);
    },
  };
}
