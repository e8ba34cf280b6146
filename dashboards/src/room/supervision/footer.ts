/** The foot: what the server has taken in, up to when, and whose data the map stands on. */
import { catalogue } from "../../i18n/index.ts";
import { clockTime, count } from "../../i18n/format.ts";
import { marked } from "../../guide/button.ts";
import { h, setText } from "../../ui/dom.ts";
import type { StaticData } from "./map/static.ts";
import type { Part } from "./state.ts";

export function footer(data: StaticData): Part {
  const counts = h("p", { class: "foot-counts", attrs: { "data-testid": "source" } });
  const asOf = h("p", {});
  const version = h("p", { class: "foot-version" });
  const node = h("footer", { class: "foot quiet" }, marked(counts, "received"), marked(asOf, "as_of"), version);

  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      const source = state.city?.source ?? null;
      setText(counts, source === null ? "" : [
        t.accepted(count(state.lang, source.accepted)),
        t.duplicate(count(state.lang, source.duplicate)),
        ...(source.conflicting > 0 ? [t.conflicting(count(state.lang, source.conflicting))] : []),
        t.rejected(count(state.lang, source.rejected)),
      ].join(" · "));
      setText(asOf, state.asOf === null ? "" : t.asOf(clockTime(state.lang, state.asOf)));
      setText(version, data.about === null ? "" : t.version(data.about.version));
    },
  };
}
