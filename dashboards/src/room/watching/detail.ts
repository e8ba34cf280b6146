/** Whom a reading or a question concerns, and the cases by which a unit can check it. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { hashOfDossier } from "../dossier/route.ts";
import { Changes } from "../pages/changes.ts";
import { evidenceOf, evidenceWords, ofNobody, unitName } from "./model.ts";
import type { Finding } from "./model.ts";
import { findings, hashOfView, withKey } from "./state.ts";
import type { PageState, Part } from "./state.ts";

function units({ lang, view, places }: PageState, one: Finding): HTMLElement {
  const t = catalogue(lang).watching;
  const most = one.units[0]?.count ?? 1;
  const rows = one.units.map((unit) => {
    const bar = h("span", { class: "unit-bar" });
    bar.style.width = `${(100 * unit.count) / most}%`;
    return h("li", { attrs: { "data-unit": unit.code } }, h("span", { text: unitName(lang, places, unit.code), attrs: { title: unit.code } }), h("strong", { text: count(lang, unit.count) }), bar);
  });
  const nobody = ofNobody(one);
  const note = one.units.length === 0 ? t.noUnit : nobody > 0 ? t.someUnknown(count(lang, nobody)) : null;
  return h("section", { attrs: { "data-testid": "units" } },
    h("h3", { text: view.show === "quality" ? t.byAgency : t.byUnit }), h("ul", { class: "unit-counts" }, ...rows), note === null ? null : h("p", { class: "quiet", text: note }));
}

function evidence({ lang, view, places }: PageState, one: Finding): HTMLElement {
  const t = catalogue(lang).watching;
  const isQuality = view.show === "quality";
  const rows = one.evidence.map((text) => {
    const what = evidenceOf(text);
    const words = evidenceWords(lang, places, what);
    return h("li", {}, what.kind === "dossier"
      ? h("a", { text: words, attrs: { href: hashOfDossier(what.code), "data-testid": "to-dossier" } })
      : h("span", { text: words, attrs: { title: text } }));
  });
  return h("section", { attrs: { "data-testid": "evidence" } },
    h("h3", { text: isQuality ? t.examples : t.evidence }), h("p", { class: "quiet", text: isQuality ? t.examplesNote : t.evidenceNote }), h("ul", { class: "examples" }, ...rows));
}

export function detail(): Part {
  const title = h("h2", { attrs: { tabindex: "-1", "data-testid": "detail-title" } });
  const close = h("a", { class: "page-back" });
  const box = h("div", { class: "detail" });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "detail" } }, h("div", { class: "part-line" }, title, close), box);
  node.hidden = true;
  const changes = new Changes();
  let opened = "";
  return {
    node,
    update(state) {
      const { lang, view, places } = state;
      const one = view.key === "" ? undefined : findings(state)?.find(({ key }) => key === view.key);
      show(node, one !== undefined);
      if (view.key === "") opened = "";
      if (one === undefined) return;
      setText(title, one[lang]);
      setText(close, catalogue(lang).watching.close);
      setAttr(close, "href", hashOfView(withKey(view, "")));
      if (changes.of(lang, places, state[view.show].value, view.key)) box.replaceChildren(...(one.count === 0 ? [] : [units(state, one), evidence(state, one)]));
      if (opened === view.key) return;
      opened = view.key;
      node.scrollIntoView({ block: "nearest" });
      title.focus({ preventScroll: true });
    },
  };
}
