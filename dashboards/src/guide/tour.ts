/** The tour's card: over the page of its step, in a corner, without covering or holding it. It is left by Esc within it or its button. */
import { catalogue, followLang, storedLang } from "../i18n/index.ts";
import { count } from "../i18n/format.ts";
import { access } from "../signin/access.ts";
import { h, setText, show } from "../ui/dom.ts";
import { hrefOf, isAt, searchWith, stepIn, stepsFor } from "./steps.ts";
import type { Step } from "./steps.ts";
import { HASH_OF_TOUR } from "./said.ts";

/** Goes to an address with another step: pages only hear of what stands after the `#`. */
function move(href: string): void {
  history.pushState(null, "", href);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

export const goToStep = (step: Step): void => { move(hrefOf(location.search, step)); };

/** `simulated` tells, once known, whether the server's data are; `null` before. */
export function openTour(over: HTMLElement, simulated: Promise<boolean | null>): void {
  const steps = stepsFor(access());
  let isSimulated: boolean | null = null;
  let shown: Step | null = null;

  const label = h("p", { class: "tour-label", attrs: { role: "status" } });
  const title = h("h2", { attrs: { id: "tour-title" } });
  const look = h("p", { attrs: { id: "tour-look" } });
  const act = h("p", { attrs: { id: "tour-act" } });
  const data = h("p", { class: "tour-data quiet", attrs: { "data-testid": "tour-data" } });
  const button = (testid: string, run: () => void): HTMLButtonElement => h("button", { class: "plain", attrs: { type: "button", "data-testid": testid }, on: { click: run } });
  const leave = (): void => { move(`/${searchWith(location.search, null)}${location.hash}`); };
  const step = (by: number): void => {
    const next = steps[(shown === null ? 0 : steps.indexOf(shown)) + by];
    if (next !== undefined) goToStep(next);
    else if (by > 0) move(`/${searchWith(location.search, null)}${HASH_OF_TOUR}`);
  };
  const previous = button("tour-previous", () => { step(-1); });
  const next = button("tour-next", () => { step(1); });
  next.setAttribute("aria-describedby", "tour-title tour-look tour-act");
  const back = button("tour-back", () => { if (shown !== null) goToStep(shown); });
  const away = button("tour-leave", leave);
  const node = h("section", {
    class: "tour-card", attrs: { "aria-labelledby": "tour-title", "data-testid": "tour" },
    on: { keydown: (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave();
    } },
  }, label, title, look, act, back, data, h("div", { class: "tour-buttons" }, previous, next, away));
  node.hidden = true;
  over.append(node);

  const draw = (): void => {
    show(node, shown !== null);
    if (shown === null) return;
    const lang = storedLang();
    const { guide: { tour: t } } = catalogue(lang);
    const at = steps.indexOf(shown);
    const words = t.steps[shown.name];
    setText(label, t.label(count(lang, at + 1), count(lang, steps.length)));
    setText(title, words.title);
    setText(look, words.look);
    setText(act, words.act);
    setText(data, isSimulated === true ? t.simulated : isSimulated === false ? t.real : "");
    setText(previous, t.previous);
    previous.disabled = at === 0;
    setText(next, at === steps.length - 1 ? t.finish : t.next);
    setText(away, t.leave);
    setText(back, t.back);
    show(back, !isAt(location.hash, shown));
    node.dataset["step"] = shown.name;
  };
  const follow = (): void => {
    const last = shown;
    shown = stepIn(location.search, steps);
    draw();
    // The page has taken the focus for its title; who walks by the keyboard goes on from the card.
    if (shown !== null && shown !== last) next.focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", follow);
  window.addEventListener("popstate", follow);
  followLang(draw);
  void simulated.then((told) => {
    isSimulated = told;
    draw();
  });
  follow();
}
