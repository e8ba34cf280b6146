/**
 * The search box: a dialog with a field whose answers stand below it in groups. The focus stays in the field; arrows
 * choose among the answers, Enter goes there, Escape closes, and the focus goes back to where it was.
 */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { access } from "../../signin/access.ts";
import { mayOpen } from "../../signin/pages.ts";
import { goTo } from "../pages/hash.ts";
import { find } from "./find.ts";
import type { Entry, Found, Known } from "./find.ts";
import { pageEntries } from "./places.ts";

const LIST = "search-answers";

export interface SearchBox {
  readonly node: HTMLElement;
  open(lang: Lang, known: Known): void;
  /** More has become known while it is open. */
  learn(known: Known): void;
}

export function searchBox(): SearchBox {
  let lang: Lang = "vi";
  let known: Known | null = null;
  let shown: readonly Entry[] = [];
  let at = 0;

  const title = h("h2", { class: "hidden-title" });
  const list = h("div", { class: "search-answers", attrs: { role: "listbox", id: LIST } });
  const input = h("input", {
    attrs: { type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", enterkeyhint: "go", "aria-autocomplete": "list", "aria-controls": LIST, "data-testid": "search-input" },
    on: {
      input: () => {
        at = 0;
        draw();
      },
      keydown: (event) => { press(event); },
    },
  });
  const close = h("button", { class: "plain search-close", attrs: { type: "button", "data-testid": "search-close" }, on: { click: () => { node.close(); } } });
  const said = h("p", { class: "search-said", attrs: { role: "status", "data-testid": "search-said" } });
  const hint = h("p", { class: "search-hint quiet" });
  const node = h("dialog", {
    class: "search-dialog", attrs: { "data-testid": "search-dialog" },
    on: {
      // What lies under it has keys of its own, and Escape leads out of pages.
      keydown: (event) => { if (node.open) event.stopPropagation(); },
      close: () => { letGo(); },
      click: (event) => { if (event.target === node) node.close(); },
    },
  }, h("div", { class: "search-box-inner" }, title, h("div", { class: "search-line" }, input, close), said, list, hint));

  // What had the focus before may be out of sight by now: a field that is gone must not go on hearing keys.
  const letGo = (): void => { if (!node.open && document.activeElement === input) input.blur(); };

  const take = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    node.close();
    letGo();
    goTo(entry.hash);
  };

  const mark = (): void => {
    for (const [i, option] of list.querySelectorAll<HTMLElement>("[role=option]").entries()) {
      setAttr(option, "aria-selected", String(i === at));
      if (i === at) option.scrollIntoView({ block: "nearest" });
    }
    setAttr(input, "aria-activedescendant", shown.length === 0 ? null : `${LIST}-${at}`);
  };

  const press = (event: KeyboardEvent): void => {
    // Enter that ends the composing of a letter is the keyboard's.
    if (event.isComposing || !node.open) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) {
      at = (at + step + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter") take(shown[at]);
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) input.select();
    else return;
    event.preventDefault();
  };

  const option = (entry: Entry, i: number): HTMLElement => {
    const words = entry.offer === undefined ? entry.title : catalogue(lang).finder.offers[entry.offer](entry.title);
    return h("div", { class: "search-answer", attrs: { role: "option", id: `${LIST}-${i}`, "data-hash": entry.hash }, on: { click: () => { take(entry); } } },
      h("span", { class: "search-title", text: words }), h("span", { class: "search-note quiet", text: entry.note }));
  };

  const draw = (): void => {
    const t = catalogue(lang).finder;
    const isEmpty = input.value.trim() === "";
    const pages = isEmpty ? pageEntries(lang, access()) : [];
    const groups: readonly Found[] = known === null ? [] : isEmpty ? [{ group: "pages", entries: pages, all: pages.length }] : find(known, input.value, mayOpen(access(), "dossier"));
    shown = groups.flatMap(({ entries }) => entries);
    at = Math.min(at, Math.max(0, shown.length - 1));
    let n = 0;
    list.replaceChildren(...groups.map(({ group, entries, all }) => {
      const id = `${LIST}-${group}`;
      const some = all > entries.length ? t.some(count(lang, entries.length), count(lang, all)) : "";
      const head = h("div", { class: "search-group", attrs: { id, role: "presentation" } }, h("span", { text: t.groups[group] }), h("span", { class: "quiet", text: some }));
      return h("div", { attrs: { role: "group", "aria-labelledby": id, "data-group": group } }, head, ...entries.map((entry) => option(entry, n++)));
    }));
    list.scrollTop = 0;
    show(list, shown.length > 0);
    setAttr(input, "aria-expanded", String(shown.length > 0));
    const all = groups.reduce((sum, one) => sum + one.all, 0);
    setText(said, isEmpty ? "" : shown.length === 0 ? t.nothing(input.value.trim()) : t.found(all, count(lang, all)));
    setAttr(said, "data-none", String(!isEmpty && shown.length === 0));
    setText(hint, isEmpty || shown.length === 0 ? t.hint : t.keys);
    mark();
  };

  return {
    node,
    open(language, now) {
      lang = language;
      known = now;
      at = 0;
      const t = catalogue(lang);
      setText(title, t.finder.open);
      setAttr(node, "aria-label", t.finder.open);
      setAttr(input, "aria-label", t.finder.field);
      setAttr(input, "placeholder", t.finder.placeholder);
      setAttr(list, "aria-label", t.finder.answers);
      setText(close, t.close);
      input.value = "";
      node.showModal();
      input.focus();
      draw();
    },
    learn(now) {
      known = now;
      if (node.open) draw();
    },
  };
}
