/** What has just happened, newest first; held still while the pointer or the focus is on it. */
import { catalogue } from "../../../i18n/index.ts";
import { clockTime } from "../../../i18n/format.ts";
import type { Lang } from "../../../i18n/index.ts";
import type { PlacedEntry } from "../../../live/views.ts";
import { KeyedRows, h, setAttr, setText, show } from "../../../ui/dom.ts";
import type { Row } from "../../../ui/dom.ts";
import { atMostEvery } from "../../../ui/frame.ts";
import { hashOfDossier } from "../../dossier/route.ts";
import { shortName } from "../names.ts";
import type { Actions, Part, RoomState } from "../state.ts";
import { sentence } from "./sentence.ts";

/** Faster than this, sentences cannot be read. */
const REDRAW_MS = 1_000;
const SHOWN = 60;

interface FeedRow {
  readonly entry: PlacedEntry;
  readonly lang: Lang;
}

function feedRow(actions: Actions): Row<FeedRow> {
  let site: string | null = null;
  const time = h("time", { class: "feed-time" });
  const words = h("a", { class: "feed-words" });
  const place = h("button", {
    class: "feed-place",
    attrs: { type: "button", tabindex: "-1" },
    on: { click: () => { if (site !== null) actions.openSite(site); } },
  });
  const node = h("li", { class: "feed-row", attrs: { "data-testid": "feed-row" } }, time, words, place);
  return {
    node,
    update({ entry, lang }) {
      site = entry.site;
      setAttr(node, "data-type", entry.type);
      setAttr(node, "data-group", entry.type.split(".")[0] ?? "");
      setText(time, clockTime(lang, entry.at));
      setAttr(time, "datetime", entry.at);
      setText(words, sentence(lang, entry));
      setAttr(words, "href", entry.detail.dossier === undefined ? null : hashOfDossier(entry.detail.dossier));
      setAttr(words, "title", [words.textContent, entry.detail.dossier].filter((part) => part !== undefined).join(" · "));
      show(place, entry.site !== null);
      setText(place, entry.site === null ? "" : shortName({ id: entry.site, name: entry.name }));
      setAttr(place, "title", entry.name);
    },
  };
}

export function feed(actions: Actions): Part {
  let state: RoomState | null = null;
  let held = false;
  let drawnLang: Lang | null = null;
  const title = h("h2", { class: "part-title" });
  const note = h("span", { class: "quiet" });
  const list = h("ol", { class: "feed-rows", attrs: { tabindex: "0" } });
  const empty = h("p", { class: "rows-empty quiet" });
  const node = h("section", { class: "feed", attrs: { "data-testid": "feed" } },
    h("div", { class: "part-head" }, title, note), list, empty);
  const rows = new KeyedRows<FeedRow>(list, ({ entry }) => String(entry.position), () => feedRow(actions));

  const draw = atMostEvery(REDRAW_MS, () => {
    if (!state?.feed || (held && drawnLang === state.lang)) return;
    const { lang } = state;
    drawnLang = lang;
    rows.update(state.feed.slice(0, SHOWN).map((entry) => ({ entry, lang })));
  });
  const hold = (on: boolean) => (): void => {
    held = on;
    show(note, on);
    draw();
  };
  for (const event of ["mouseenter", "focusin"] as const) list.addEventListener(event, hold(true));
  for (const event of ["mouseleave", "focusout"] as const) list.addEventListener(event, hold(false));
  show(note, false);

  return {
    node,
    update(next) {
      const changed = state?.feed !== next.feed || state.lang !== next.lang;
      state = next;
      const t = catalogue(next.lang);
      setText(title, t.feed);
      setText(note, t.feedPaused);
      setAttr(list, "aria-label", t.feed);
      show(empty, !next.feed || next.feed.length === 0);
      setText(empty, next.feed ? t.feedEmpty : t.waitingForData);
      if (changed) draw();
    },
  };
}
