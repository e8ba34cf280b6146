/** What can be done with the open case, as buttons that name their keys; what cannot be now is not offered. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { access } from "../../signin/access.ts";
import { ACTS, KEY_OF, isMine, may } from "./life.ts";
import { chosen } from "./state.ts";
import type { Actions, Part } from "./state.ts";

export function acts(actions: Actions): Part {
  const buttons = ACTS.map((act) => {
    const words = h("span", {});
    const button = h("button", { class: "act", attrs: { type: "button", "data-testid": `act-${act}`, "aria-keyshortcuts": KEY_OF[act] }, on: { click: () => { actions.run(act); } } }, words, h("kbd", { text: KEY_OF[act], attrs: { "aria-hidden": "true" } }));
    return { act, words, button };
  });
  const said = h("p", { class: "act-said", attrs: { role: "status", "data-testid": "said" } });
  const bar = h("div", { class: "acts", attrs: { role: "group" } }, ...buttons.map(({ button }) => button));
  return {
    node: h("div", { class: "acts-box" }, bar, said),
    update(state) {
      const one = chosen(state);
      const t = catalogue(state.lang).desk;
      const focus = document.activeElement;
      setAttr(bar, "aria-label", t.actions);
      for (const { act, words, button } of buttons) {
        setText(words, t.acts[act]);
        show(button, one !== null && isMine(access(), one) && may(one, act));
        setAttr(button, "aria-expanded", act === "acknowledge" || act === "unshelve" ? null : String(state.form === act));
        setAttr(button, "data-first", String(act === "acknowledge" && one?.state === "new"));
      }
      // What can no longer be done would take the focus with it.
      const left = buttons.find(({ button }) => button === focus && button.hidden);
      if (left !== undefined) buttons.find(({ button }) => !button.hidden)?.button.focus();
      setText(said, state.said?.words ?? "");
      setAttr(said, "data-refused", String(state.said?.isRefused === true));
    },
  };
}
