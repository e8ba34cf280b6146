/** What stands in the head of the room and of every page: finding from anywhere, light or dark, the language. */
import { catalogue, storeLang } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { LANGUAGES } from "../../i18n/format.ts";
import { h, setAttr } from "../../ui/dom.ts";
import { searchButton } from "../search/button.ts";
import { themeButton } from "./theme.ts";

interface Tools {
  readonly node: HTMLElement;
  update(lang: Lang): void;
}

export function frameTools(): Tools {
  const search = searchButton();
  const theme = themeButton();
  const guide = h("a", { class: "frame-button guide-button", text: "?", attrs: { href: "#/guide", "data-testid": "to-guide" } });
  const buttons = LANGUAGES.map((lang) => ({
    lang,
    node: h("button", {
      text: lang.toUpperCase(),
      attrs: { type: "button", "data-testid": `lang-${lang}`, lang },
      on: { click: () => { storeLang(lang); } },
    }),
  }));
  const languages = h("div", { class: "languages", attrs: { role: "group" } }, ...buttons.map(({ node }) => node));
  return {
    node: h("div", { class: "frame-tools" }, search.node, guide, theme.node, languages),
    update(lang) {
      search.update(lang);
      theme.update(lang);
      setAttr(guide, "aria-label", catalogue(lang).guide.link);
      setAttr(guide, "title", catalogue(lang).guide.title);
      setAttr(languages, "aria-label", catalogue(lang).language);
      for (const { lang: one, node } of buttons) setAttr(node, "aria-pressed", String(one === lang));
    },
  };
}
