/** All that are scored, best first: rank and what it may be, score and its interval, the nine groups. */
import { catalogue } from "../../i18n/index.ts";
import { count, percent } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { BOARD } from "../../guide/keys.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import type { Column } from "../pages/table.ts";
import { boardColumns, boardRow, cardName, kindWord, rankWords, score, shortCardName } from "./model.ts";
import { groupCell, scoreBar } from "./scores.ts";
import { hashOfView, isList, withKey } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Card, GroupScore, Scorecard } from "./view.ts";

function columns({ lang, view, places }: PageState, { criteria }: Scorecard): Column<Card>[] {
  const t = catalogue(lang).scorecard;
  const nameOf = (card: Card): string => cardName(lang, places, card);
  const name = (card: Card): Node => h("div", { class: "card-name" },
    h("a", { text: shortCardName(lang, places, card), attrs: { href: hashOfView(withKey(view, card.key)), tabindex: "-1", title: `${nameOf(card)} · ${card.key}` } }),
    h("span", { class: "cell-note", text: kindWord(lang, card) }));
  const rank = (card: Card): Node => card.rank === null
    ? h("span", { class: "is-unknown", text: t.unranked })
    : h("span", { text: rankWords(lang, card) });
  const groups = criteria.groups.map((group): Column<Card> => {
    const of = (card: Card): GroupScore | undefined => card.groups.find(({ code }) => code === group.code);
    return { key: `g${group.code}`, title: group.code, hint: group[lang], rem: 4, isNumber: true, isExtra: true, sort: (card) => of(card)?.points ?? null, cell: (card) => groupCell(lang, of(card)) };
  });
  return [
    { key: "rank", title: t.rank, hint: t.rankHint, rem: 7, sort: (card) => card.rank, cell: rank },
    { key: "name", title: t.name, sort: (card) => shortCardName(lang, places, card), cell: name },
    { key: "points", title: t.score, hint: t.scoreHint, rem: 4, isNumber: true, sort: (card) => card.points, cell: (card) => h("strong", { text: score(lang, card.points) }) },
    { key: "interval", title: t.interval, hint: t.intervalHint, rem: 10, isExtra: true, sort: (card) => card.low, cell: (card) => scoreBar(lang, card) },
    { key: "known", title: t.known, hint: t.knownHint, rem: 5, isNumber: true, isExtra: true, sort: (card) => card.known_weight, cell: (card) => percent(lang, card.known_weight, 0) },
    ...groups,
  ];
}

export function board(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const file = ({ lang, places, card: { value } }: PageState): void => {
    if (value === null) return;
    download(fileName("scorecard", value.view, value.period, value.simulated), csv(boardColumns(value), value.rows.map((card) => boardRow(lang, places, value, card))));
  };
  const list = listing<Card>({
    testid: "board",
    explains: [...BOARD],
    isWindowed: true,
    key: ({ key }) => key,
    text: (card) => (now === null ? card.key : `${cardName(now.lang, now.places, card)} ${card.key} ${kindWord(now.lang, card)}`),
    open: ({ key }) => { actions.go((view) => withKey(view, key)); },
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => { if (now !== null) file(now); },
  });
  const changes = new Changes();
  let made: Column<Card>[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, places, card } = state;
      // While the other view is asked for, the one before it is not shown under its name.
      const answer = card.value?.view === view.side ? card.value : null;
      show(list.node, isList(state) && answer !== null);
      if (!isList(state) || answer === null) return;
      const t = catalogue(lang).scorecard;
      if (changes.of(lang, places, answer.view, view.period, view.find, view.sort)) made = columns(state, answer);
      list.update({ lang, rows: answer.rows, columns: made, find: view.find, sort: view.sort, title: t.rows(count(lang, answer.rows.length)), note: t.rankNote, empty: t.nothing });
    },
  };
}
