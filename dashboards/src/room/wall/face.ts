/** The top of the wall: the city's state by its shape, its word and one sentence; and the clock of the data. */
import { catalogue } from "../../i18n/index.ts";
import { clockTime, fullDate } from "../../i18n/format.ts";
import type { SiteState } from "../../live/views.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { Glyph } from "../../ui/shapes.ts";
import type { Part } from "./state.ts";
import { faceOf, latest } from "./words.ts";
import type { Face } from "./words.ts";

/** Shapes that the room has for points say the same of the city. */
const SHAPE: Readonly<Record<Face["state"], SiteState>> = { calm: "ok", attention: "busy", trouble: "over", unknown: "no_data", lost: "no_data" };

interface FacePart extends Part {
  readonly title: HTMLElement;
}

export function face(): FacePart {
  const glyph = new Glyph("no_data");
  const word = h("span", { class: "glance-word", attrs: { "data-testid": "glance-word" } });
  const title = h("h1", { class: "glance-state", attrs: { tabindex: "-1" } }, glyph.node, word);
  const sentence = h("p", { class: "glance-sentence", attrs: { role: "status", "data-testid": "glance-sentence" } });
  const simulated = h("p", { class: "simulated", attrs: { "data-testid": "glance-simulated" } });
  const time = h("time", { class: "glance-time", attrs: { "data-testid": "glance-time" } });
  const day = h("p", { class: "glance-day" });
  const node = h("header", { class: "glance-face", attrs: { "data-testid": "glance-face" } }, title, sentence, h("div", { class: "glance-clock" }, time, day, simulated));
  return {
    node,
    title,
    update(page) {
      const { lang, city, alerts } = page;
      const { state, word: words, sentence: said } = faceOf(page);
      const at = latest(page);
      setAttr(node, "data-state", state);
      glyph.set(SHAPE[state]);
      setText(word, words);
      setText(sentence, said);
      setText(time, clockTime(lang, at));
      setAttr(time, "datetime", at ?? "");
      setText(day, at === null ? "" : fullDate(lang, at));
      show(simulated, (city?.clock ?? alerts?.clock)?.simulated === true);
      setText(simulated, catalogue(lang).simulated);
    },
  };
}
