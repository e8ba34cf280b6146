/** What is done to the scenario as a whole, and which part stands beside the map. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { segment } from "../pages/segment.ts";
import { TABS, withTab } from "./state.ts";
import type { Actions, Part } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const button = (testid: string, run: () => void): HTMLButtonElement => h("button", { class: "plain", attrs: { type: "button", "data-testid": testid }, on: { click: run } });
  let isPlacing = false;
  const add = button("add-point", () => {
    if (isPlacing) actions.stopPlacing();
    else actions.place(null);
  });
  const undo = button("undo", () => { actions.undo(); });
  const redo = button("redo", () => { actions.redo(); });
  const reset = button("reset", () => { actions.change(() => []); });
  const link = button("copy-link", () => {
    navigator.clipboard.writeText(location.href).then(() => { actions.say({ words: words.copied, isRefused: false, undo: null }); }, () => { actions.say({ words: words.notCopied, isRefused: true, undo: null }); });
  });
  const changed = h("span", { class: "quiet", attrs: { "data-testid": "change-count" } });
  const said = h("span", { attrs: { role: "status", "data-testid": "planner-said" } });
  let takeBack: (() => void) | null = null;
  const back = button("said-undo", () => { takeBack?.(); });
  const node = h("div", { class: "tools planner-tools" }, add, undo, redo, reset, link, changed, said, back);
  let words = { copied: "", notCopied: "" };
  return {
    node,
    update({ lang, history, isPlacing: placing, said: now }) {
      const t = catalogue(lang).planner;
      isPlacing = placing;
      words = t;
      setText(add, placing ? t.stopPlacing : t.addPoint);
      setAttr(add, "aria-pressed", String(placing));
      for (const [one, text, hint, isOff] of [
        [undo, t.undo, t.undoKey, history.past.length === 0], [redo, t.redo, t.redoKey, history.future.length === 0], [reset, t.reset, t.resetHint, history.now.length === 0],
      ] as const) {
        setText(one, text);
        setAttr(one, "title", hint);
        // Kept in the order of Tab, so that the focus is not lost by the last step back.
        setAttr(one, "aria-disabled", String(isOff));
      }
      setText(link, t.copyLink);
      setText(changed, history.now.length === 0 ? t.asToday : t.changesMade(count(lang, history.now.length)));
      setText(said, now?.words ?? "");
      setAttr(said, "data-refused", String(now?.isRefused === true));
      takeBack = now?.undo ?? null;
      show(back, takeBack !== null);
      setText(back, t.undo);
    },
  };
}

export function tabs(actions: Actions): Part {
  const shown = segment(TABS, "planner-tab", (tab) => { actions.go((view) => withTab(view, tab)); });
  const node = h("nav", { class: "planner-tabs" }, shown.node);
  return {
    node,
    update({ lang, view }) {
      const t = catalogue(lang).planner;
      setAttr(node, "aria-label", t.parts);
      shown.update(t.parts, t.tabs, view.tab);
    },
  };
}
