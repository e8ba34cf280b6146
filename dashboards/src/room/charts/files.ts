/** A chart taken along: as a picture that stands alone, and as its values. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { csv, download } from "../pages/csv.ts";
import type { Cell } from "../pages/csv.ts";
import { savePng, saveSvg } from "./export.ts";

export interface Taken {
  readonly title: string;
  /** Where the figures are from, up to when they go, and whether they are simulated: it goes along with every picture. */
  readonly source: string;
  /** The files' name, before the dot. */
  readonly name: string;
  readonly values: { readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
}

interface ChartFiles {
  readonly node: HTMLElement;
  update(lang: Lang, taken: Taken): void;
}

/** `drawn` is the chart as it is seen; `null` where there is none yet. */
export function chartFiles(testid: string, drawn: () => SVGElement | null): ChartFiles {
  let now: { readonly lang: Lang; readonly taken: Taken } | null = null;
  const failed = h("span", { class: "quiet", attrs: { role: "status" } });
  const button = (kind: string, take: (taken: Taken, node: SVGElement, lang: Lang) => void): HTMLButtonElement => h("button", {
    class: "plain", text: kind, attrs: { type: "button", "data-testid": `${testid}-${kind.toLowerCase()}` },
    on: { click: () => {
      const node = drawn();
      if (now !== null && node !== null) take(now.taken, node, now.lang);
    } },
  });
  const buttons = [
    button("SVG", (taken, node) => { saveSvg(taken.name, node, taken); }),
    button("PNG", (taken, node, lang) => {
      void savePng(taken.name, node, taken).then((isMade) => { setText(failed, isMade ? "" : catalogue(lang).charts.noPng); });
    }),
    button("CSV", ({ name, values: { head, rows } }) => { download(`${name}.csv`, csv(head, rows)); }),
  ];
  const node = h("div", { class: "chart-files", attrs: { role: "group" } }, ...buttons, failed);
  return {
    node,
    update(lang, taken) {
      if (now?.taken === taken && now.lang === lang) return;
      now = { lang, taken };
      const t = catalogue(lang).charts;
      setAttr(node, "aria-label", t.files(taken.title));
      for (const one of buttons) setAttr(one, "aria-label", t.file(one.textContent, taken.title));
      setText(failed, "");
    },
  };
}
