/** All keys, over the page. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { areKeysOn, keepKeys } from "./kept.ts";
import { ACTS, KEY_OF } from "./life.ts";
import type { Actions, Part } from "./state.ts";

export function help(actions: Actions): Part {
  const title = h("h2", {});
  const keys = h("dl", { class: "key-table" });
  const isOn = h("input", { attrs: { type: "checkbox", "data-testid": "keys-on" }, on: { change: () => { keepKeys(isOn.checked); } } });
  const onWords = h("span", {});
  const close = h("button", { class: "plain", attrs: { type: "button" }, on: { click: () => { actions.help(false); } } });
  const node = h("dialog", { class: "desk-dialog", attrs: { "data-testid": "keys" }, on: { close: () => { actions.help(false); }, click: (event) => { if (event.target === node) actions.help(false); } } },
    title, keys, h("label", { class: "tool" }, isOn, onWords), close);
  return {
    node,
    update({ lang, isHelp }) {
      const { desk: t, finder } = catalogue(lang);
      if (isHelp !== node.open) {
        if (isHelp) node.showModal();
        else node.close();
      }
      if (!isHelp) return;
      setText(title, t.keys);
      setAttr(node, "aria-label", t.keys);
      setText(onWords, t.keysOn);
      setText(close, `${t.closeHelp} (Esc)`);
      isOn.checked = areKeysOn();
      const rows: (readonly [string, string])[] = [
        ["j ↓", t.keyNames.next], ["k ↑", t.keyNames.previous], ["Enter", t.keyNames.open], ["Esc", t.keyNames.up], ["n", t.keyNames.fresh], ["f", t.keyNames.find], ["/", finder.open],
        ...ACTS.map((act) => [KEY_OF[act], t.acts[act]] as const), ["?", t.keyNames.help],
      ];
      keys.replaceChildren(...rows.flatMap(([key, words]) => [h("dt", {}, ...key.split(" ").map((one) => h("kbd", { text: one }))), h("dd", { text: words })]));
    },
  };
}
