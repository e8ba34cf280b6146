/** The last ten minutes, as far as the page itself has watched them. */
import { catalogue } from "../../i18n/index.ts";
import { count, hourMinute } from "../../i18n/format.ts";
import { h, setAttr, setText, svg } from "../../ui/dom.ts";
import type { Row } from "../../ui/dom.ts";
import type { Told } from "../desk/words.ts";
import { tally } from "./changes.ts";
import type { Change, Kind } from "./changes.ts";
import { column } from "./column.ts";
import { arrived, isFresh, slots } from "./slots.ts";
import type { Arrivals } from "./slots.ts";
import type { Part } from "./state.ts";
import { changeWords } from "./words.ts";

/** What fits on the wall, at either size. */
export const PLACES = 7;

/** What comes points up, what is better down; what is in hand is a hand's tick. Drawn in a 20 × 20 box. */
const SHAPES: Readonly<Record<Kind, string>> = {
  raised: "M10 16.5v-13M4.8 8.7 10 3.5l5.2 5.2",
  taken: "M3.5 10.5 8 15l8.5-10",
  gone: "M4 10h12",
  over: "M3.5 15.5 8 10l3 3 5.5-7M12.5 5h4.5v4.5",
  under: "M3.5 5 8 10.5l3-3 5.5 7M12.5 15.5h4.5V11",
};

interface Shown {
  readonly change: Change;
  readonly told: Told;
  readonly isFresh: boolean;
}

function row(): Row<Shown> {
  const path = svg("path", {});
  const mark = svg("svg", { viewBox: "0 0 20 20", class: "glance-mark", "aria-hidden": "true" }, path);
  const [time, subject, what] = [h("time", { class: "glance-at" }), h("strong", { class: "glance-subject" }), h("span", { class: "glance-what" })];
  const node = h("div", { class: "glance-change", attrs: { "data-testid": "glance-change" } }, time, subject, what);
  node.prepend(mark);
  return {
    node,
    update({ change, told, isFresh: fresh }) {
      const words = changeWords(told, change);
      setAttr(node, "data-kind", change.kind);
      setAttr(node, "data-fresh", String(fresh));
      setAttr(path, "d", SHAPES[change.kind]);
      setText(time, hourMinute(told.lang, change.at));
      setText(subject, words.subject);
      setText(what, words.what);
    },
  };
}

export function lately(): Part {
  const list = column<Shown>("glance-lately", PLACES, row);
  const counts = h("p", { class: "glance-tally", attrs: { "data-testid": "glance-tally" } });
  list.node.querySelector(".glance-column-head")?.append(counts);
  let arrivals: Arrivals | null = null;
  return {
    node: list.node,
    update({ lang, watched: { changes, since }, places, rules, now }) {
      const t = catalogue(lang).wall;
      arrivals = arrived(arrivals, changes.map(({ key, at }) => `${key}@${at}`), now);
      const told = { lang, places, rules };
      const filled = slots(changes.map((change) => ({ change, told, isFresh: isFresh(arrivals, `${change.key}@${change.at}`, now) })), PLACES);
      const n = tally(changes);
      const time = hourMinute(lang, since);
      setText(counts, changes.length === 0 ? "" : t.tally({ raised: count(lang, n.raised), taken: count(lang, n.taken), gone: count(lang, n.gone), over: count(lang, n.over) }));
      list.update({ title: t.lately, note: since === null ? "" : t.since(time), none: since === null ? t.notSince : t.nothingSince(time), more: t.more(count(lang, filled.more)) }, filled);
    },
  };
}
