/** What stands around the open case: the points of an outage, neighbours that could take its people, and where to look further. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, minutes, span } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { hashOf } from "../pages/hash.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { hashOfSite } from "../supervision/route.ts";
import { shortName } from "../supervision/names.ts";
import { chosen, hashOfCase } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import type { Neighbour } from "./view.ts";
import { figure, mainReason } from "./words.ts";

const isKnown = (value: number | null | undefined): value is number => value !== null && value !== undefined;

/** The wait of one who comes there, and how it was reckoned. */
function waitThere(lang: Lang, { wait_s: wait, basis }: Neighbour): string {
  if (!isKnown(wait)) return NONE;
  const { desk: t, unitMinutes } = catalogue(lang);
  const words = `${minutes(lang, wait, 0)} ${unitMinutes}`;
  return basis === null || basis === undefined ? words : `${words} (${t.bases[basis]})`;
}

function columns({ lang }: PageState): Column<Neighbour>[] {
  const { desk: t, unitMinutes } = catalogue(lang);
  return [
    { key: "site", title: t.neighbourSite, cell: ({ site, name }) => h("a", { text: shortName({ id: site, name }), attrs: { href: hashOfSite(site), tabindex: "-1" } }) },
    { key: "travel", title: t.travel, isNumber: true, cell: (one) => `${minutes(lang, one.minutes * 60, 0)} ${unitMinutes}` },
    { key: "waiting", title: t.waiting, isNumber: true, cell: (one) => count(lang, one.waiting) },
    { key: "open", title: t.open, isNumber: true, cell: (one) => count(lang, one.open_counters) },
    { key: "wait", title: t.waitThere, isNumber: true, cell: (one) => waitThere(lang, one) },
    { key: "saves", title: t.saves, isNumber: true, cell: (one) => h("strong", { text: span(lang, one.saves_s) }) },
    { key: "people", title: t.people, isNumber: true, cell: (one) => count(lang, one.people_per_hour) },
    { key: "saved", title: t.saved, isNumber: true, cell: (one) => (isKnown(one.minutes_saved) ? `${count(lang, one.minutes_saved)} ${unitMinutes}` : NONE) },
  ];
}

/** The points in a case: those that are over its rule now with their figure, the worst first, then the others. */
function membersOf(state: PageState, one: Case): HTMLElement[] {
  const unit = mainReason(one)?.unit ?? "";
  const figures = new Map(one.over.map(({ site, value }) => [site, value]));
  const others = one.members.filter((id) => !figures.has(id));
  return [...one.over.map(({ site, value }) => member(state, site, figure(state.lang, value, unit))), ...others.map((id) => member(state, id, ""))];
}

/** One of them; where the server names cases, that. */
function member({ lang, places, alerts }: PageState, id: string, reading: string): HTMLElement {
  const one = alerts?.cases.get(id);
  const site = one?.site ?? id;
  const name = places.names.short(site);
  const link = one === undefined ? h("a", { text: name, attrs: { href: hashOfSite(site) } }) : h("a", { text: `${name} (${catalogue(lang).desk.memberCase} ${id})`, attrs: { href: hashOfCase(id) } });
  return h("li", {}, link, ...(reading === "" ? [] : [h("span", { class: "quiet", text: ` ${reading}` })]));
}

function links({ lang }: PageState, { site, agency, subject }: Case): HTMLElement[] {
  const t = catalogue(lang).desk;
  const to = (words: string, href: string): HTMLElement => h("a", { text: words, attrs: { href } });
  return [
    ...(site === null ? [] : [to(t.toSite, hashOfSite(site)), to(t.toDossiers, hashOf("dossiers", { overdue: "true", site }))]),
    ...(agency === null ? [] : [to(t.toAgency, hashOf("agencies", { key: agency }))]),
    ...(subject.kind === "task" ? [to(t.toTask, hashOf("registers", { key: subject.id }))] : []),
  ];
}

export function around(): Part {
  const linkBox = h("p", { class: "case-links", attrs: { "data-testid": "case-links" } });
  const [membersTitle, members] = [h("h3", {}), h("ul", { class: "case-members-list" })];
  const membersPart = h("section", { class: "case-part", attrs: { "data-testid": "members" } }, membersTitle, members);
  const title = h("h3", {});
  const table = new Table<Neighbour>({ testid: "neighbours", isWindowed: false, key: ({ site }) => site, open: ({ site }) => { location.hash = hashOfSite(site); } });
  const part = h("section", { class: "case-part" }, title, table.node);
  const node = h("div", {}, linkBox, membersPart, part);
  const [ofLinks, ofMembers, ofColumns] = [new Changes(), new Changes(), new Changes()];
  let made: Column<Neighbour>[] = [];
  return {
    node,
    update(state) {
      const one = chosen(state);
      show(node, one !== null);
      if (one === null) return;
      const { lang, places, detail: { value } } = state;
      const t = catalogue(lang).desk;
      if (ofLinks.of(lang, one.id)) linkBox.replaceChildren(...links(state, one));
      show(membersPart, one.members.length > 0);
      setText(membersTitle, `${t.members} (${count(lang, one.members.length)})`);
      if (ofMembers.of(lang, places, one.members, one.over)) members.replaceChildren(...membersOf(state, one));
      const neighbours = value?.case.id === one.id ? value.neighbours : [];
      show(part, neighbours.length > 0);
      setText(title, t.neighbours);
      if (ofColumns.of(lang)) made = columns(state);
      if (neighbours.length > 0) table.update({ columns: made, rows: neighbours, order: null, label: t.neighbours, empty: "" });
    },
  };
}
