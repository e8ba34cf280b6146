/** The button of the colours: as the system has them, light, dark, and round again. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { followTheme, nextOf, storeTheme, storedTheme } from "../../theme/theme.ts";
import type { Setting } from "../../theme/theme.ts";
import { h, setAttr, svg } from "../../ui/dom.ts";

/** Half and half, a sun, a moon. Drawn in a 20 × 20 box. */
const ICONS: Readonly<Record<Setting, string>> = {
  system: "M10 3.2a6.8 6.8 0 1 0 0 13.6zM10 3.2a6.8 6.8 0 0 1 0 13.6",
  light: "M10 6.4a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 1 0 0-7.2zM10 1.6v2M10 16.4v2M1.6 10h2M16.4 10h2M4 4l1.5 1.5M14.5 14.5 16 16M4 16l1.5-1.5M14.5 5.5 16 4",
  dark: "M15.9 12.6A6.8 6.8 0 0 1 7.4 4.1a6.8 6.8 0 1 0 8.5 8.5z",
};

export function themeButton(): { readonly node: HTMLElement; update(lang: Lang): void } {
  const path = svg("path", {});
  const icon = svg("svg", { viewBox: "0 0 20 20", class: "frame-icon", "aria-hidden": "true" }, path);
  let lang: Lang | null = null;
  const node = h("button", { class: "frame-button theme-button", attrs: { type: "button", "data-testid": "theme" }, on: { click: () => { storeTheme(nextOf(storedTheme())); } } });
  node.append(icon);

  const draw = (): void => {
    if (lang === null) return;
    const t = catalogue(lang).theme;
    const setting = storedTheme();
    const words = t.button(t.settings[setting], t.settings[nextOf(setting)]);
    setAttr(path, "d", ICONS[setting]);
    setAttr(node, "data-setting", setting);
    setAttr(node, "aria-label", words);
    setAttr(node, "title", words);
  };
  followTheme(draw);

  return {
    node,
    update(next) {
      lang = next;
      draw();
    },
  };
}
