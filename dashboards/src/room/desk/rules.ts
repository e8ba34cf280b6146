/** The rules in force: what each compares with which limit, how pressing, whose, and where the limit is from. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { NONE, count, span } from "../../i18n/format.ts";
import { PRIORITIES } from "../../live/views.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { dayText } from "../pages/days.ts";
import { listing } from "../pages/listing.ts";
import type { Column } from "../pages/table.ts";
import { markOf } from "./mark.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Rule } from "./view.ts";
import { figure } from "./words.ts";

/** A rule's unit; where the server does not tell it, that of signals whose names say it. Pure. */
export const unitOf = ({ unit, signal = "" }: Rule): string => unit ?? (signal.endsWith("_s") ? "s" : signal === "satisfied_high" ? "share" : "");

function limitWords({ lang }: PageState, rule: Rule): string {
  const t = catalogue(lang).desk;
  if (rule.limit === undefined || rule.limit === null) return NONE;
  const limit = figure(lang, rule.limit, unitOf(rule));
  const words = rule.side === undefined ? limit : t.sides[rule.side](limit);
  return (rule.window_s ?? 0) > 0 ? `${words} ${t.inWindow(span(lang, rule.window_s))}` : words;
}

function columns(state: PageState): Column<Rule>[] {
  const { lang } = state;
  const t = catalogue(lang).desk;
  const delay = (seconds: number | null | undefined): string => (seconds === 0 ? t.atOnce : span(lang, seconds));
  const name = (rule: Rule): Node => h("div", {}, rule.title?.[lang] ?? rule.id,
    h("span", { class: "cell-note", text: [rule.id, rule.enabled === false ? t.isOff : null].filter((one) => one !== null).join(" · ") }));
  const least = ({ min_sample: n }: Rule): string => (n === undefined || n === null ? "" : t.sample(count(lang, n)));
  const band = (rule: Rule): string => (rule.deadband === undefined || rule.deadband === null || rule.deadband === 0 ? "" : `${t.deadband.toLowerCase()} ${figure(lang, rule.deadband, unitOf(rule))}`);
  return [
    { key: "priority", title: t.priority, sort: ({ priority }) => (priority === undefined ? null : PRIORITIES.indexOf(priority)), cell: ({ priority }) => (priority === undefined ? NONE : h("span", { class: "case-cell" }, markOf({ priority, standing: true }), t.priorities[priority])) },
    { key: "rule", title: t.rule, sort: (rule) => rule.title?.[lang] ?? rule.id, cell: name },
    { key: "group", title: t.group, isExtra: true, sort: ({ group = "" }) => wordFor(t.groups, group), cell: ({ group = "" }) => wordFor(t.groups, group) },
    { key: "limit", title: t.limitHead, cell: (rule) => h("div", {}, limitWords(state, rule), h("span", { class: "cell-note", text: [least(rule), band(rule)].filter((one) => one !== "").join(" · ") })) },
    { key: "on", title: t.onDelay, isNumber: true, isExtra: true, sort: ({ on_delay_s: s = null }) => s, cell: ({ on_delay_s: s }) => delay(s) },
    { key: "off", title: t.offDelay, isNumber: true, isExtra: true, sort: ({ off_delay_s: s = null }) => s, cell: ({ off_delay_s: s }) => delay(s) },
    { key: "hours", title: t.hoursHead, isExtra: true, sort: ({ hours = null }) => hours, cell: ({ hours }) => (hours === undefined || hours === null ? NONE : wordFor(t.hoursWords, hours)) },
    { key: "owner", title: t.owner, sort: ({ owner = "" }) => wordFor(t.owners, owner), cell: ({ owner = "" }) => wordFor(t.owners, owner) },
    { key: "source", title: t.sourceHead, isExtra: true, cell: ({ source, effective_from: day }) => h("div", {}, source ?? "", day === undefined || day === null ? null : h("span", { class: "cell-note", text: `${t.from} ${dayText(day)}` })) },
  ];
}

export function rulesPart(actions: Actions): Part & { readonly find: HTMLElement } {
  const remarksTitle = h("h3", {});
  const remarks = h("ul", { class: "rules" });
  const remarksBox = h("div", {}, remarksTitle, remarks);
  const list = listing<Rule>({
    testid: "rules",
    isWindowed: false,
    key: ({ id, effective_from: day }) => `${id} ${day ?? ""}`,
    text: ({ id, title, group = "", owner = "" }) => `${id} ${title?.vi ?? ""} ${title?.en ?? ""} ${group} ${owner}`,
    attrs: ({ enabled }) => ({ "data-off": String(enabled === false) }),
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    above: [remarksBox],
  });
  const [ofColumns, ofRemarks] = [new Changes(), new Changes()];
  let made: Column<Rule>[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      const { lang, view, ofRules: { value } } = state;
      show(list.node, view.show === "rules" && value !== null);
      if (view.show !== "rules" || value === null) return;
      const t = catalogue(lang).desk;
      if (ofColumns.of(lang)) made = columns(state);
      show(remarksBox, value.remarks.length > 0);
      setText(remarksTitle, t.remarks);
      if (ofRemarks.of(value)) remarks.replaceChildren(...value.remarks.map((text) => h("li", { text })));
      list.update({ lang, rows: value.rules, columns: made, find: view.find, sort: view.sort, title: t.rules, note: t.rulesNote, empty: t.rulesEmpty });
    },
  };
}
