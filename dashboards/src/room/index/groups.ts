/** The six groups as bars on one scale: points held, lost, and not known, with what was published beside them. */
import { catalogue } from "../../i18n/index.ts";
import { marked } from "../../guide/button.ts";
import { h } from "../../ui/dom.ts";
import { INDEX_GROUP } from "../../guide/keys.ts";
import type { Lang } from "../../i18n/index.ts";
import { Changes } from "../pages/changes.ts";
import { periodWords } from "../pages/period.ts";
import { barOf, isUnknown, points } from "./model.ts";
import { openRow } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import type { Group, GroupPoints, Index } from "./view.ts";

interface Beside {
  readonly kind: "baseline" | "official";
  readonly name: string;
  readonly points: GroupPoints["points"];
}

function besides({ lang }: PageState, index: Index): Beside[] {
  const t = catalogue(lang).index766;
  const published = index.baselines.map(({ period, points: of }): Beside => ({ kind: "baseline", name: t.legendBaseline(periodWords(catalogue(lang).pages, period)), points: of }));
  const { official } = index;
  return official === null ? published : [...published, { kind: "official", name: t.legendOfficial, points: official.value.points }];
}

function piece(kind: string, size: number, scale: number): HTMLElement | null {
  if (size <= 0) return null;
  const node = h("span", { class: "bar-piece", attrs: { "data-kind": kind } });
  node.style.width = `${(100 * size) / scale}%`;
  return node;
}

function groupName(group: Group, lang: Lang): HTMLElement {
  const name = h("h3", {}, h("span", { class: "group-code", text: group.code }), group[lang]);
  const id = INDEX_GROUP[group.code];
  return id === undefined ? name : marked(name, id);
}

function groupRow(state: PageState, group: Group, scale: number, beside: readonly Beside[]): HTMLElement {
  const { lang } = state;
  const t = catalogue(lang).index766;
  const bar = barOf(group);
  const unknown = isUnknown(group);
  const p = (value: number): string => points(lang, value);
  const figures = h("p", { class: "group-figures" },
    h("strong", { text: unknown ? t.unknown : t.pointsOf(p(group.points), p(group.max)), class: unknown ? "is-unknown" : "", attrs: { "data-testid": "group-points" } }),
    bar.lost >= 0.005 ? h("span", { class: "is-lost", text: t.lostOf(p(bar.lost)) }) : null,
    unknown || bar.unknown < 0.005 ? null : h("span", { class: "quiet", text: t.unknownOf(p(bar.unknown)) }));
  const lines = beside.map(({ kind, name, points: of }) => {
    const value = of[group.code];
    return value === undefined ? null : h("div", { class: "bar-line", attrs: { "data-kind": kind } },
      h("div", { class: "bar is-thin" }, piece(kind, value, scale)), h("span", { text: `${p(value)} · ${name}` }));
  });
  return h("li", { class: "group", attrs: { "data-testid": "group", "data-group": group.code, "data-unknown": String(unknown) } },
    groupName(group, lang),
    figures,
    h("div", { class: "bar", attrs: { role: "img", "aria-label": t.barSummary({ held: p(bar.held), lost: p(bar.lost), unknown: p(bar.unknown), max: p(group.max) }) } },
      piece("held", bar.held, scale), piece("lost", bar.lost, scale), piece("unknown", bar.unknown, scale)),
    ...lines);
}

export function groups(): Part {
  const title = h("h2");
  const legend = h("ul", { class: "bar-legend" });
  const rows = h("ul", { class: "groups" });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "groups" } }, h("div", { class: "part-line" }, title, legend), rows);
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, index } = state;
      const row = openRow(state);
      node.hidden = row === null;
      if (!changes.of(lang, index.value, row) || index.value === null || row === null) return;
      const t = catalogue(lang).index766;
      title.textContent = t.groups;
      const beside = row.key === "" ? besides(state, index.value) : [];
      const keys = [["held", t.legendKnown], ["lost", t.legendLost], ["unknown", t.legendUnknown], ...beside.map(({ kind, name }) => [kind, name] as const)] as const;
      legend.replaceChildren(...keys.map(([kind, name]) => h("li", {}, h("span", { class: "swatch", attrs: { "data-kind": kind } }), name)));
      const scale = Math.max(...row.groups.map(({ max }) => max));
      rows.replaceChildren(...row.groups.map((group) => groupRow(state, group, scale, beside)));
    },
  };
}
