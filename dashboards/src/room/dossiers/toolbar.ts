/** The search, the quick filters, the order, and the files. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { whatIs } from "../../guide/button.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { QUICK } from "../../guide/keys.ts";
import { Changes } from "../pages/changes.ts";
import { dayOf } from "../pages/days.ts";
import { MOST_IN_FILE, QUICKS, SORTS, isQuick, listAddress, quickened } from "./state.ts";
import type { Actions, Part } from "./state.ts";

/** How long typing may pause before the list follows. */
const TYPING_MS = 150;

export function toolbar(actions: Actions, enter: () => void): Part & { readonly find: HTMLElement } {
  let today = "";
  let typing: ReturnType<typeof setTimeout> | undefined;
  const take = (): void => {
    clearTimeout(typing);
    const q = find.value;
    actions.go((view) => ({ ...view, q }), true);
  };
  const find = h("input", { class: "part-find", attrs: { type: "search", autocomplete: "off", spellcheck: "false", enterkeyhint: "search", "data-testid": "find-dossier" }, on: {
    input: () => {
      clearTimeout(typing);
      typing = setTimeout(take, TYPING_MS);
    },
    keydown: (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault();
      take();
      enter();
    },
  } });
  const total = h("strong", { attrs: { role: "status", "data-testid": "dossiers-total" } });
  const sortName = h("span", { class: "tool-name" });
  const sort = h("select", { attrs: { "data-testid": "sort" }, on: { change: () => {
    const chosen = SORTS.find((one) => one === sort.value) ?? "due";
    actions.go((view) => ({ ...view, sort: chosen }), true);
  } } });
  const filesName = h("span", { class: "tool-name" });
  const files = (["csv", "xlsx"] as const).map((format) => ({ format, node: h("a", { class: "plain file", text: format.toUpperCase(), attrs: { download: "", "data-testid": `file-${format}` } }) }));
  const buttons = QUICKS.map((quick) => ({
    quick,
    node: h("button", { class: "plain", attrs: { type: "button", "data-testid": `quick-${quick}` }, on: { click: () => { actions.go((view) => quickened(view, quick, today)); } } }),
  }));
  const quicks = h("div", { class: "quicks", attrs: { role: "group" } }, ...buttons.flatMap(({ quick, node }) => [node, whatIs(QUICK[quick])]));
  const node = h("div", {},
    h("div", { class: "tools" }, find, total, h("label", { class: "tool" }, sortName, sort), h("div", { class: "tool" }, filesName, ...files.map(({ node: file }) => file))),
    h("div", { class: "tools" }, quicks));
  const ofSorts = new Changes();
  return {
    node,
    find,
    update({ lang, view, listing }) {
      const { dossierList: t, pages } = catalogue(lang);
      if (listing.asOf !== null) today = dayOf(listing.asOf);
      setAttr(find, "aria-label", t.find);
      setAttr(find, "placeholder", `${t.find} (${pages.findKey})`);
      if (document.activeElement !== find) find.value = view.q;
      setText(total, listing.total === null ? "" : t.found(count(lang, listing.total)));
      setAttr(total, "data-asking", String(listing.asking));
      setText(sortName, t.sort);
      if (ofSorts.of(lang)) sort.replaceChildren(...SORTS.map((one) => h("option", { text: t.sorts[one], attrs: { value: one } })));
      sort.value = view.sort;
      setText(filesName, t.download);
      for (const { format, node: file } of files) {
        setAttr(file, "href", listAddress(view, { format }));
        setAttr(file, "title", t.downloadHint(count(lang, MOST_IN_FILE)));
      }
      setAttr(quicks, "aria-label", t.quick);
      for (const { quick, node: button } of buttons) {
        setText(button, t.quicks[quick]);
        setAttr(button, "aria-pressed", String(isQuick(view, quick, today)));
        button.disabled = quick === "today" && today === "";
      }
    },
  };
}
