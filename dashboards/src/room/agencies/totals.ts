/** What is open in sum, a ministry's systems apart from the city's; of an agency that is open, its own figures. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { explained } from "../../guide/button.ts";
import { h } from "../../ui/dom.ts";
import { hashOfFilters } from "../dossiers/state.ts";
import { SUM } from "../../guide/keys.ts";
import { Changes } from "../pages/changes.ts";
import { ageBar, ageLegend } from "./ages.ts";
import { SUMS, isMinistrys, nameOfKey, sumOf, sumsBySystem } from "./model.ts";
import type { Sums } from "./model.ts";
import type { Part } from "./part.ts";
import { openRow } from "./state.ts";
import type { PageState } from "./state.ts";

function figuresOf(lang: Lang, sums: Sums): HTMLElement {
  const t = catalogue(lang).agencyPage;
  const names = { open: t.open, overdue: t.overdue, due_soon: t.dueSoon, paused: t.paused, no_due_date: t.noDue, awaiting_acceptance: t.awaiting };
  return h("dl", { class: "sums" }, ...SUMS.map((key) =>
    h("div", { attrs: { "data-sum": key, "data-none": String(sums[key] === 0) } }, h("dt", {}, explained(SUM[key], names[key])), h("dd", { text: count(lang, sums[key]), attrs: { "data-testid": `sum-${key}` } }))));
}

function ofCity({ lang, backlog }: PageState): HTMLElement[] {
  const t = catalogue(lang).agencyPage;
  return sumsBySystem(backlog.value?.rows ?? []).map(({ system, sums }) => {
    const isNothing = system === "ministry" && SUMS.every((key) => sums[key] === 0);
    return h("section", { class: "score", attrs: { "data-testid": `system-${system ?? "all"}` } },
      h("h2", { text: system === null ? t.backlog : t.systems[system] }),
      isNothing ? h("p", { class: "quiet", text: t.noMinistry }) : figuresOf(lang, sums),
      system === "ministry" ? h("p", { class: "quiet", text: t.ministryNote }) : null);
  });
}

function ofAgency(state: PageState): HTMLElement[] {
  const { lang, view, places, backlog } = state;
  const t = catalogue(lang).agencyPage;
  const row = openRow(state);
  const by = view.by === "holder" ? "holder" : "agency";
  if (row === null) return [h("p", { class: "quiet", text: t.noBacklog(nameOfKey(lang, places.names, by, view.key)) })];
  const limits = backlog.value?.age_limits_days ?? [];
  const link = (text: string, overdue: "" | "true", testid: string): HTMLElement =>
    h("a", { class: "page-back", text, attrs: { href: hashOfFilters({ [by]: view.key, overdue }), "data-testid": testid } });
  return [h("section", { class: "score", attrs: { "data-testid": "agency-figures" } },
    h("h2", { text: `${t.backlog} · ${t.by[by]}` }),
    isMinistrys(row) ? h("p", {}, h("span", { class: "tag", text: t.ministryTag })) : null,
    figuresOf(lang, sumOf([row])),
    ageBar(lang, limits, row.age_days),
    h("ul", { class: "bar-legend" }, ...ageLegend(lang, limits)),
    h("p", { class: "part-line" }, link(t.toDossiers, "", "agency-dossiers"), row.overdue > 0 ? link(t.toOverdue, "true", "agency-overdue") : null))];
}

export function totals(): Part {
  const node = h("div", { class: "system-sums" });
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, view, backlog, places } = state;
      node.hidden = backlog.value === null;
      if (!changes.of(lang, backlog.value, view.by, view.key, places) || backlog.value === null) return;
      node.replaceChildren(...(view.key === "" ? ofCity(state) : ofAgency(state)));
    },
  };
}
