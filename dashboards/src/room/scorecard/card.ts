/** One that is scored: its score, its nine groups, and each criterion with value, sample and interval. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, minutes, percent } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { METRIC_COLUMNS, metricRows, rankWords, score, valueWords, weightShares } from "./model.ts";
import { scoreBar } from "./scores.ts";
import { openCard } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import type { Card, GroupScore, Metric, MetricScore, Scorecard } from "./view.ts";

function summaryOf(lang: Lang, card: Card): HTMLElement {
  const t = catalogue(lang).scorecard;
  const isUnknown = card.points === null;
  return h("section", { class: "score is-estimate", attrs: { "data-testid": "score" } },
    h("h2", { text: t.score }),
    h("p", { class: "score-line" },
      h("strong", { class: isUnknown ? "score-number is-unknown" : "score-number", text: isUnknown ? t.unknownOf : score(lang, card.points) }),
      isUnknown ? null : h("span", { text: `${score(lang, card.low)} – ${score(lang, card.high)}` }),
      h("span", { class: "quiet", text: `${t.rank}: ${card.rank === null ? t.unranked : rankWords(lang, card)}`, attrs: { "data-testid": "rank" } })),
    scoreBar(lang, card),
    h("p", { class: "quiet", text: t.knownIs(percent(lang, card.known_weight, 0)) }));
}

function groupOf(lang: Lang, answer: Scorecard, group: GroupScore, share: number): HTMLElement {
  const t = catalogue(lang).scorecard;
  const name = answer.criteria.groups.find(({ code }) => code === group.code);
  const [known, all] = group.known;
  return h("li", { class: "group", attrs: { "data-testid": "group", "data-group": group.code, "data-unknown": String(group.points === null) } },
    h("h3", {}, h("span", { class: "group-code", text: group.code }), name?.[lang] ?? ""),
    h("p", { class: "group-figures" },
      h("strong", { class: group.points === null ? "is-unknown" : "", text: group.points === null ? NONE : score(lang, group.points), attrs: { "data-testid": "group-points" } })),
    h("div", { class: "group-bar" }, scoreBar(lang, group)),
    h("p", { class: "group-note quiet", text: `${t.metricsKnown(count(lang, known), count(lang, all))} · ${t.weightOf(percent(lang, share))}` }));
}

const isInverted = ({ measure }: Metric): boolean => measure !== "entered" && "share" in measure && measure.share.inverted;

function columns(lang: Lang, { criteria }: Scorecard): Column<MetricScore>[] {
  const t = catalogue(lang).scorecard;
  const of = (one: MetricScore): Metric | undefined => criteria.metrics.find(({ code }) => code === one.code);
  const value = (one: MetricScore): Node | string => {
    const metric = of(one);
    if (metric === undefined || one.value === null) return NONE;
    const isMean = metric.measure !== "entered" && "mean" in metric.measure ? metric.measure.mean.target : null;
    const note = isInverted(metric) ? t.goodShare : isMean === null ? null : t.mean(minutes(lang, isMean, 0));
    return h("div", {}, valueWords(lang, metric, one), note === null ? null : h("span", { class: "cell-note", text: note }));
  };
  const origin = (one: MetricScore): Node => {
    const isJudged = of(one)?.measure === "entered";
    const words = one.is_entered ? t.entered : isJudged ? t.judgedNone : one.points === null ? t.unknownOf : t.computed;
    return h("span", { class: one.points === null ? "is-unknown" : "", text: words, attrs: one.is_entered ? { class: "entered-mark", "data-testid": "entered-mark" } : {} });
  };
  return [
    { key: "group", title: t.group, cell: (one) => one.group },
    { key: "name", title: t.metric, cell: (one) => of(one)?.[lang] ?? one.code },
    { key: "value", title: t.value, isNumber: true, cell: value },
    { key: "sample", title: t.sample, hint: t.sampleHint, isNumber: true, cell: ({ sample }) => count(lang, sample) },
    { key: "points", title: t.points, isNumber: true, cell: ({ points }) => h("strong", { text: score(lang, points) }) },
    { key: "interval", title: t.interval, hint: t.intervalHint, cell: (one) => scoreBar(lang, one) },
    { key: "origin", title: t.origin, cell: origin },
  ];
}

export function cardPart(): Part {
  let now: { lang: Lang; answer: Scorecard; card: Card } | null = null;
  const summary = h("div", { class: "scores" });
  const title = h("h2");
  const groups = h("ul", { class: "groups" });
  const metrics = h("h2");
  const file = h("button", { class: "plain", attrs: { type: "button", "data-testid": "csv-card" }, on: { click: () => {
    if (now === null) return;
    const { lang, answer, card } = now;
    download(fileName("scorecard", card.key, answer.period, answer.simulated), csv(METRIC_COLUMNS, metricRows(lang, answer, card)));
  } } });
  const table = new Table<MetricScore>({ testid: "metrics", isWindowed: false, key: ({ code }) => code, attrs: ({ points, is_entered }) => ({ "data-unknown": String(points === null), "data-entered": String(is_entered) }) });
  const node = h("div", { attrs: { "data-testid": "card-part" } }, summary,
    h("section", { class: "page-part" }, h("div", { class: "part-line" }, title), groups),
    h("section", { class: "page-part" }, h("div", { class: "part-line" }, metrics, file), table.node));
  const [changes, ofColumns] = [new Changes(), new Changes()];
  let made: Column<MetricScore>[] = [];
  return {
    node,
    update(state: PageState) {
      const { lang } = state;
      const [card, answer] = [openCard(state), state.card.value];
      show(node, card !== null);
      if (card === null || answer === null || !changes.of(lang, card)) return;
      now = { lang, answer, card };
      const t = catalogue(lang).scorecard;
      const shares = weightShares(answer);
      summary.replaceChildren(summaryOf(lang, card));
      setText(title, t.groups);
      groups.replaceChildren(...card.groups.map((group) => groupOf(lang, answer, group, shares.get(group.code) ?? 0)));
      setText(metrics, t.metrics);
      setText(file, catalogue(lang).pages.download);
      if (ofColumns.of(lang, answer)) made = columns(lang, answer);
      table.update({ columns: made, rows: card.metrics, order: null, label: t.metrics, empty: "" });
    },
  };
}
