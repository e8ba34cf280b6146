/** What the list is narrowed by: states with how many there are, priority, group, owner, text, and what is one's own. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { CASE_STATES, PRIORITIES } from "../../live/views.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { countsOf, statesShown, toggled, valuesOf } from "./filter.ts";
import type { Filter } from "./filter.ts";
import { casesOf, withFilter } from "./state.ts";
import type { Actions, Part } from "./state.ts";

type Options = readonly (readonly [value: string, words: string])[];

interface Select {
  readonly node: HTMLSelectElement;
  update(label: string, any: string, options: Options, value: string): void;
}

function select(testid: string, choose: (value: string) => void): Select {
  const node = h("select", { attrs: { "data-testid": testid }, on: { change: () => { choose(node.value); } } });
  const changes = new Changes();
  return {
    node,
    update(label, any, options, value) {
      setAttr(node, "aria-label", label);
      const all: Options = value !== "" && !options.some(([one]) => one === value) ? [...options, [value, value]] : options;
      if (changes.of(any, all.map(String).join("\n"))) {
        node.replaceChildren(...[["", any] as const, ...all].map(([one, words]) => h("option", { text: words, attrs: { value: one } })));
      }
      if (node.value !== value) node.value = value;
      setAttr(node, "data-chosen", String(value !== ""));
    },
  };
}

export function filters(actions: Actions): Part & { readonly find: HTMLElement } {
  const turn = (change: Partial<Filter>): void => { actions.go((view) => withFilter(view, change), true); };
  const chips = CASE_STATES.map((state) => {
    const [name, n] = [h("span", {}), h("strong", {})];
    const node = h("button", { class: "desk-chip", attrs: { type: "button", "data-testid": `state-${state}` }, on: { click: () => { actions.go((view) => ({ ...view, filter: toggled(view.filter, state) }), true); } } }, name, n);
    return { state, node, name, n };
  });
  const find = h("input", { class: "desk-find", attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "desk-find" }, on: { input: () => { turn({ find: find.value }); } } });
  const priority = select("desk-priority", (value) => { turn({ priority: PRIORITIES.find((one) => one === value) ?? "" }); });
  const group = select("desk-group", (value) => { turn({ group: value }); });
  const owner = select("desk-owner", (value) => { turn({ owner: value }); });
  const mine = h("button", { class: "desk-chip", attrs: { type: "button", "data-testid": "desk-mine" }, on: { click: () => { actions.go((view) => withFilter(view, { isMine: !view.filter.isMine }), true); } } });
  const states = h("div", { class: "desk-chips", attrs: { role: "group" } }, ...[...chips.map(({ node: one }) => one), mine]);
  const node = h("div", { class: "desk-filters" }, h("div", { class: "desk-finds" }, find, priority.node, group.node, owner.node), states);
  const changes = new Changes();
  let counts = countsOf([]);
  let groups: Options = [];
  let owners: Options = [];
  return {
    node,
    find,
    update(state) {
      const { lang, view, seat, alerts, closed } = state;
      show(node, view.show === "list");
      if (view.show !== "list") return;
      const t = catalogue(lang).desk;
      const { filter } = view;
      const all = casesOf(state);
      if (changes.of(lang, all)) {
        counts = countsOf(all.values());
        groups = valuesOf(all.values(), "group", (code) => wordFor(t.groups, code));
        owners = valuesOf(all.values(), "owner", (code) => wordFor(t.owners, code));
      }
      const shown = statesShown(filter);
      setAttr(states, "aria-label", t.stateFilter);
      for (const { state: one, node: chip, name, n } of chips) {
        setText(name, t.statesShort[one]);
        setAttr(chip, "title", t.states[one]);
        setAttr(chip, "aria-pressed", String(shown.includes(one)));
        // How many are closed is known only once they have been asked for.
        const isCounted = alerts !== null && (one !== "closed" || closed.value !== null);
        setText(n, isCounted ? count(lang, counts[one]) : "");
        setAttr(chip, "data-call", String(one === "new" && counts.new > 0));
      }
      setAttr(find, "aria-label", t.find);
      setAttr(find, "placeholder", `${t.find} (f)`);
      if (document.activeElement !== find && find.value !== filter.find) find.value = filter.find;
      priority.update(t.priority, t.anyPriority, PRIORITIES.map((one) => [one, t.priorities[one]] as const), filter.priority);
      group.update(t.group, t.anyGroup, groups, filter.group);
      owner.update(t.owner, t.anyOwner, owners, filter.owner);
      setText(mine, t.mine);
      setAttr(mine, "title", t.mineHint);
      setAttr(mine, "aria-pressed", String(filter.isMine));
      show(mine, seat !== "" || filter.isMine);
    },
  };
}
