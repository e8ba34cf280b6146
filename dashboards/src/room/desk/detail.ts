/** The chosen case beside the list: why, what to do, what it is known by, and all that can be done with it. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { acts } from "./acts.ts";
import { around } from "./around.ts";
import { caseHead } from "./casehead.ts";
import { evidence } from "./evidence.ts";
import { forms } from "./forms.ts";
import { past } from "./past.ts";
import { chosen } from "./state.ts";
import type { Actions, Part } from "./state.ts";
import { why } from "./why.ts";

export interface DetailPart extends Part {
  focus(): void;
}

export function detail(actions: Actions): DetailPart {
  const head = caseHead();
  const form = forms(actions);
  const actsPart = acts(actions);
  const parts: readonly Part[] = [why(), evidence(), around(), past()];
  const body = h("div", { class: "case-body", attrs: { tabindex: "-1" } }, ...parts.map(({ node }) => node));
  const [hint, keys] = [h("p", {}), h("p", { class: "quiet" })];
  const none = h("div", { class: "case-none" }, hint, keys);
  const node = h("aside", { class: "case-detail", attrs: { "data-testid": "case-detail" } }, none, head.node, actsPart.node, form.node, body);
  let key = "";
  return {
    node,
    focus: () => { head.title.focus({ preventScroll: true }); },
    update(state) {
      const t = catalogue(state.lang).desk;
      const one = chosen(state);
      const isOpen = one !== null;
      setAttr(node, "aria-label", isOpen ? one.id : t.why);
      setAttr(node, "data-open", String(isOpen));
      setText(hint, state.view.key === "" ? t.pickOne : (state.detail.problem === null ? catalogue(state.lang).pages.loading : (catalogue(state.lang).pages.problems["no_such_alert"] ?? "")));
      setText(keys, t.pickKeys);
      show(none, !isOpen);
      for (const part of [head, actsPart]) show(part.node, isOpen);
      show(body, isOpen);
      for (const part of [head, actsPart, form, ...parts]) part.update(state);
      if (state.view.key !== key) {
        key = state.view.key;
        body.scrollTop = 0;
      }
    },
  };
}
