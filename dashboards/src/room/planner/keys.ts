/** Keys that hold on the whole page: steps back and on, and letting go of what is held. */
import type { Actions, PageState } from "./state.ts";

const TYPED_IN = "input[type=text], input[type=search], textarea";

/** What a key does; `null` where it is not the page's. Pure. */
export function stepOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): "undo" | "redo" | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "y" && !event.shiftKey) return "redo";
  return key === "z" ? (event.shiftKey ? "redo" : "undo") : null;
}

export function followKeys(actions: Actions, state: () => PageState, isOpen: () => boolean): void {
  // On the way down: Escape lets go of a point before it leads out of the page.
  document.addEventListener("keydown", (event) => {
    if (!isOpen() || document.querySelector("dialog[open]") !== null) return;
    const { held, isPlacing } = state();
    const isTyping = event.target instanceof Element && event.target.closest(TYPED_IN) !== null;
    if (event.key === "Escape" && (held !== null || isPlacing)) actions.stopPlacing();
    else {
      const step = isTyping ? null : stepOf(event);
      if (step === null) return;
      actions[step]();
    }
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
