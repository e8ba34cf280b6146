/** How to read what is found, and what cannot be seen at all. */
import { catalogue } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import type { Part } from "./state.ts";

/** Signs are questions: said before any of them is read. */
export function verdict(): Part {
  const node = h("p", { class: "no-verdict", attrs: { "data-testid": "no-verdict" } });
  return {
    node,
    update({ lang, view }) {
      show(node, view.show === "integrity");
      setText(node, catalogue(lang).watching.integrityNote);
    },
  };
}

export function unseen(): Part {
  const title = h("h2");
  const words = h("p");
  const rulesTitle = h("h3");
  const rules = h("ul", { class: "rules" });
  const rulesBox = h("div", {}, rulesTitle, rules);
  const node = h("section", { class: "page-part unseen", attrs: { "data-testid": "unseen" } }, h("div", { class: "part-line" }, title), words, rulesBox);
  const changes = new Changes();
  return {
    node,
    update({ lang, view, quality, integrity }) {
      const t = catalogue(lang).watching;
      const isQuality = view.show === "quality";
      setText(title, t.unseen);
      setText(words, isQuality ? t.qualityUnseen : (integrity.value?.not_seen[lang] ?? ""));
      const remarks = isQuality ? (quality.value?.rules ?? []) : [];
      show(rulesBox, remarks.length > 0);
      setText(rulesTitle, t.rules);
      if (changes.of(remarks.join("\n"))) rules.replaceChildren(...remarks.map((text) => h("li", { text })));
      show(node, isQuality || integrity.value !== null);
    },
  };
}
