/** The operator's own rules as text: checked against the past before they can be saved. */
import { access, hasWhole } from "../../signin/access.ts";
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { problemWords } from "../pages/alert.ts";
import { Changes } from "../pages/changes.ts";
import { post } from "../pages/fetch.ts";
import { textField } from "./lineform.ts";
import { replayNodes } from "./replay.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Checked } from "./view.ts";

interface Made {
  readonly node: HTMLElement;
  /** A newer text of the server's, where nothing else has been typed. */
  told(own: string): void;
}

function editing(state: () => PageState, actions: Actions): Made {
  const { lang } = state();
  const { desk: t, pages } = catalogue(lang);
  let checked: string | null = null;
  let served = "";
  const text = h("textarea", { class: "toml", attrs: { rows: "18", spellcheck: "false", autocapitalize: "off", "aria-label": t.ownText, "data-testid": "rules-toml" } });
  const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": "rules-status" } });
  const result = h("div", { attrs: { "data-testid": "rules-checked" } });
  const reason = textField(lang, t.saveReason, "rules-reason");
  const check = h("button", { class: "act", text: t.check, attrs: { type: "button", "data-testid": "rules-check" } });
  const save = h("button", { class: "act", text: t.saveRules, attrs: { type: "submit", "data-testid": "rules-save" } });
  const tell = (): void => {
    const isChecked = checked !== null && checked === text.value;
    save.disabled = !isChecked;
    setAttr(save, "title", isChecked ? null : t.checkFirst);
    show(reason.node, isChecked);
  };

  const checkNow = async (): Promise<void> => {
    const sent = text.value;
    check.disabled = true;
    setText(status, t.checking);
    const answer = await post<Checked>("alerts/rules/check", { toml: sent });
    check.disabled = false;
    if (!answer.ok) setText(status, problemWords(lang, answer.problem));
    else {
      const { problems, replay } = answer.value;
      checked = problems.length === 0 ? sent : null;
      setText(status, problems.length === 0 ? t.checkedFine : t.problemsFound(count(lang, problems.length)));
      const list = problems.map(({ rule, code, detail }) => h("li", {}, h("strong", { text: rule === null ? wordFor(t.ruleProblems, code) : t.problemOf(rule, wordFor(t.ruleProblems, code)) }), h("span", { class: "quiet", text: detail })));
      result.replaceChildren(h("ul", { class: "rule-problems" }, ...list), ...(replay === null ? [] : replayNodes(state(), replay)));
    }
    tell();
  };
  const saveNow = async (): Promise<void> => {
    const { seat } = state();
    if (seat === "") {
      actions.askSeat();
      return;
    }
    let why = "";
    try {
      why = reason.read();
    } catch (error) {
      setText(status, error instanceof Error ? error.message : String(error));
      return;
    }
    save.disabled = true;
    const answer = await post("alerts/rules", { toml: text.value, by: seat, reason: why }, "PUT");
    // Which rule, and why, stands in the server's own sentence alone.
    setText(status, answer.ok ? t.savedRules : [pages.refused(problemWords(lang, answer.problem)), answer.problem.code === "bad_rules" ? answer.problem.detail : ""].join(" ").trim());
    if (answer.ok) {
      served = text.value;
      reason.input.value = "";
      checked = null;
      actions.reload();
    }
    tell();
  };

  text.addEventListener("input", () => {
    setText(status, t.checkFirst);
    tell();
  });
  check.addEventListener("click", () => { void checkNow(); });
  const node = h("form", { class: "rules-form", attrs: { "data-testid": "rules-form" }, on: { submit: (event) => { event.preventDefault(); void saveNow(); } } },
    text, h("div", { class: "case-form-foot" }, check, save, status), reason.node, result);
  tell();
  return {
    node,
    told: (own) => {
      if (text.value === served) text.value = own;
      served = own;
      tell();
    },
  };
}

export function editor(actions: Actions): Part {
  let now: PageState | null = null;
  const [title, note, box] = [h("summary", {}), h("p", { class: "quiet" }), h("div", {})];
  const node = h("details", { class: "page-part entry", attrs: { "data-testid": "own-rules" } }, title, note, box);
  const [ofLang, ofOwn] = [new Changes(), new Changes()];
  let made: Made | null = null;
  return {
    node,
    update(state) {
      now = state;
      const { lang, view, ofRules: { value } } = state;
      const isShown = view.show === "rules" && value !== null && hasWhole(access(), "try_rules");
      show(node, isShown);
      if (!isShown) return;
      const t = catalogue(lang).desk;
      setText(title, t.own);
      setText(note, t.ownNote);
      const isNew = ofLang.of(lang);
      if (isNew || made === null) {
        made = editing(() => now ?? state, actions);
        box.replaceChildren(made.node);
      }
      if (ofOwn.of(value) || isNew) made.told(value.own ?? "");
    },
  };
}
