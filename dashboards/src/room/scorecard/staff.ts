/** How many officers receive at a point, and what its area counts as where that is not its unit's kind. */
import { catalogue } from "../../i18n/index.ts";
import { h, setText } from "../../ui/dom.ts";
import { field, form, needed } from "../pages/form.ts";
import { away } from "../pages/away.ts";
import { Changes } from "../pages/changes.ts";
import { choice } from "../pages/choice.ts";
import type { Actions, PageState, Part } from "./state.ts";

const PATH = "staff";

function staffing({ lang, view, places }: PageState, actions: Actions): HTMLElement {
  const { scorecard: t, pages } = catalogue(lang);
  const site = view.key;
  const [staff, source] = [field(t.staffCount, "staff-count", true), field(pages.source, "staff-source", false)];
  const area = choice(t.area, "staff-area", [["", t.asUnit], ["urban", t.areas.urban], ["rural", t.areas.rural], ["remote", t.areas.remote]]);
  const node = form(lang, {
    title: t.enterStaff(places.names.site(site)),
    testid: "staff-form",
    path: PATH,
    fields: [staff.node, area.node, source.node],
    body: () => ({ site, staff: needed(lang, staff), ...(area.select.value === "" ? {} : { area: area.select.value }), source: source.input.value }),
    saved: actions.reload,
  });
  return h("div", {}, node, away(lang, { words: t.takeStaff, testid: "staff-away", path: PATH, source, body: () => ({ site }), saved: actions.reload }));
}

export function staffForm(actions: Actions): Part {
  const hint = h("p", { class: "quiet" });
  const box = h("div");
  const node = h("div", { class: "entry staff-entry", attrs: { "data-testid": "staff" } }, hint, box);
  const changes = new Changes();
  let opened = "";
  return {
    node,
    update(state) {
      const { lang, view, places } = state;
      if (view.show !== "productivity") return;
      hint.hidden = view.key !== "";
      setText(hint, catalogue(lang).scorecard.staffHint);
      if (changes.of(lang, view.key, places)) box.replaceChildren(...(view.key === "" ? [] : [staffing(state, actions)]));
      if (view.key !== opened && view.key !== "") box.querySelector<HTMLInputElement>("input")?.focus();
      opened = view.key;
    },
  };
}
