/** Keys of the desk: heard while the page is seen, nothing is typed in, and no dialog lies over it. */
import { areKeysOn } from "./kept.ts";
import { ACTS, commandOf } from "./life.ts";
import type { Command } from "./life.ts";
import type { Actions } from "./state.ts";

const TYPED_IN = "input:not([type=checkbox]), select, textarea";

export interface Heard {
  /** The list of cases is what the page shows. */
  isList(): boolean;
  /** The focus is in the list, or nowhere in particular: arrows choose a case. */
  isInList(target: Element | null): boolean;
  page(): number;
  find(): void;
}

/** How many rows a key moves by; `null` where it is no such key. */
export function stepOfKey(key: string, page: number): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  return steps[key] ?? null;
}

function obey(command: Command, actions: Actions, heard: Heard): void {
  const act = ACTS.find((one) => one === command);
  if (act !== undefined) actions.run(act);
  else if (command === "next" || command === "previous") actions.step(command === "next" ? 1 : -1);
  else if (command === "open") actions.enter();
  else if (command === "fresh") actions.fresh();
  else if (command === "find") heard.find();
  else actions.help(true);
}

export function listen(node: HTMLElement, actions: Actions, heard: Heard): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (node.closest("main")?.hidden !== false || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((target?.closest(TYPED_IN) ?? null) !== null || document.querySelector("dialog[open]") !== null) return;
    const command = commandOf(event.key);
    if (command === "help") {
      event.preventDefault();
      obey(command, actions, heard);
      return;
    }
    if (!heard.isList()) return;
    const step = heard.isInList(target) ? stepOfKey(event.key, heard.page()) : null;
    if (step !== null) {
      event.preventDefault();
      actions.step(step);
      return;
    }
    // Enter on a button or a link is its own; in the list it goes into the detail.
    if (command === null || (command === "open" && !heard.isInList(target)) || (command !== "open" && !areKeysOn())) return;
    event.preventDefault();
    obey(command, actions, heard);
  });
}
