/** Saved scenarios: kept under a name, opened, set side by side, taken away and brought back, sent on. */
import { catalogue } from "../../../i18n/index.ts";
import { count, moment } from "../../../i18n/format.ts";
import { access, hasWhole } from "../../../signin/access.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { address } from "../../pages/fetch.ts";
import { field } from "../../pages/form.ts";
import { hashOfView, EMPTY } from "../state.ts";
import type { Actions, PageState, Part, View } from "../state.ts";
import type { Saved } from "../view.ts";
import { questionWords } from "../words.ts";
import { comparison } from "./compare.ts";
import { standing } from "./standing.ts";

/** The address that opens a saved scenario on any machine of the room. Pure. */
export const linkOf = ({ id }: Pick<Saved, "id">): string => hashOfView({ ...EMPTY, scenario: id });

/** A scenario is put beside another: of three, the first gives way. Pure. */
export const toggled = ({ compare }: View, id: string): string[] =>
  (compare.includes(id) ? compare.filter((one) => one !== id) : [...compare, id].slice(-2));

export function savedPart(actions: Actions): Part {
  const title = h("h2");
  const stands = standing(actions);
  const form = h("div");
  const list = h("ul", { class: "saved-list", attrs: { "data-testid": "saved" } });
  const empty = h("p", { class: "planner-lead" });
  const pick = h("p", { class: "quiet" });
  const compare = comparison();
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "saved-part" } }, title, form, stands.above, pick, compare.node, list, empty);
  const [ofForm, ofList] = [new Changes(), new Changes()];

  const mayKeep = hasWhole(access(), "save_plans");
  const drawForm = ({ lang }: PageState): void => {
    if (!mayKeep) {
      form.replaceChildren(h("p", { class: "quiet", text: catalogue(lang).pages.readOnly }));
      return;
    }
    const t = catalogue(lang).planner;
    const [name, note] = [field(t.scenarioName, "save-name", false), field(t.scenarioNote, "save-note", false)];
    name.input.maxLength = 120;
    const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": "save-status" } });
    const save = h("button", { class: "dossier-open", text: t.saveScenario, attrs: { type: "submit", "data-testid": "save-scenario" } });
    const submit = async (): Promise<void> => {
      if (name.input.value.trim() === "") {
        setText(status, t.needName);
        name.input.focus();
        return;
      }
      save.disabled = true;
      const trouble = await actions.save(name.input.value.trim(), note.input.value.trim(), null);
      save.disabled = false;
      setText(status, trouble ?? t.scenarioSaved(name.input.value.trim()));
      if (trouble === null) name.input.value = note.input.value = "";
    };
    form.replaceChildren(h("form", { class: "entry-form", on: { submit: (event) => {
      event.preventDefault();
      void submit();
    } } }, h("div", { class: "fields" }, name.node, note.node), save, status));
  };

  const row = ({ lang, view }: PageState, saved: Saved): HTMLElement => {
    const t = catalogue(lang).planner;
    const { id, name, note, by, saved_at: at, question, changes } = saved;
    const button = (testid: string, words: string, run: () => void): HTMLButtonElement => h("button", { class: "plain", text: words, attrs: { type: "button", "data-testid": testid, "aria-label": `${words}: ${name}` }, on: { click: run } });
    const link = `${location.origin}${location.pathname}${linkOf(saved)}`;
    const beside = button("compare", t.beside, () => { actions.go((now) => ({ ...now, compare: toggled(now, id) })); });
    setAttr(beside, "aria-pressed", String(view.compare.includes(id)));
    const file = (format: string, called: string): HTMLElement => h("a", { class: "page-back", text: called, attrs: { href: address(`scenarios/${encodeURIComponent(id)}/export`, format === "pdf" ? { format, lang } : { format }), download: "", "data-testid": `export-${format}`, "aria-label": `${t.exportAs(called)}: ${name}` } });
    return h("li", { attrs: { "data-scenario": id } },
      h("strong", { text: name }), h("span", { class: "quiet", text: t.savedBy(by ?? "", moment(lang, at)) }),
      ...(note === null || note === "" ? [] : [h("p", { text: note })]),
      h("p", { class: "quiet", text: `${questionWords(lang, question)} · ${changes.length === 0 ? t.asToday : t.changesMade(count(lang, changes.length))}` }),
      h("div", { class: "part-line" },
        button("open-scenario", t.open, () => { actions.open(saved); }), beside,
        ...(mayKeep ? [button("update-scenario", t.update, () => { void actions.save(name, note ?? "", id).then((trouble) => { actions.say({ words: trouble ?? t.scenarioSaved(name), isRefused: trouble !== null, undo: null }); }); })] : []),
        button("link-scenario", t.copyLink, () => { navigator.clipboard.writeText(link).then(() => { actions.say({ words: t.copied, isRefused: false, undo: null }); }, () => { actions.say({ words: link, isRefused: false, undo: null }); }); }),
        file("pdf", "PDF"), file("geojson", "GeoJSON"), file("geoparquet", "GeoParquet"), file("csv", "CSV"),
        ...(mayKeep ? [button("delete-scenario", t.deleteScenario, () => { actions.remove(saved); })] : [])));
  };

  return {
    node,
    update(state) {
      const { lang, view, saved } = state;
      show(node, view.tab === "saved");
      if (view.tab !== "saved") return;
      const t = catalogue(lang).planner;
      setText(title, t.savedTitle);
      if (ofForm.of(lang)) drawForm(state);
      stands.update(state, { ...saved, value: null, asking: saved.asking && saved.value === null }, false);
      const all = saved.value?.scenarios ?? [];
      show(empty, saved.value !== null && all.length === 0);
      setText(empty, t.savedNone);
      show(pick, view.compare.length === 1 && all.length > 1);
      setText(pick, t.compareOther);
      compare.update(state);
      if (ofList.of(lang, saved.value, view.compare.join())) list.replaceChildren(...all.map((one) => row(state, one)));
    },
  };
}
