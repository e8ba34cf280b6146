/** Asks for the figures of the two scenarios that are set side by side, each once. */
import { UNASKED } from "../pages/fetch.ts";
import { askScenario } from "./loader.ts";
import type { Compared, PageState } from "./state.ts";

interface Comparing {
  /** What the address or the list says has changed. */
  follow(): void;
}

export function comparing(state: () => PageState, put: (patch: Partial<PageState>) => void): Comparing {
  const keyOf = (all: readonly Compared[]): string => all.map(({ saved }) => `${saved.id} ${saved.saved_at}`).join();
  const set = (id: string, asked: Compared["asked"]): void => {
    put({ compared: state().compared.map((one) => (one.saved.id === id ? { ...one, asked } : one)) });
  };
  return {
    follow() {
      const { view, saved, compared } = state();
      const all = saved.value?.scenarios ?? [];
      const wanted = view.compare.flatMap((id) => all.filter((one) => one.id === id));
      const next = wanted.map((one): Compared => ({ saved: one, asked: UNASKED }));
      if (keyOf(next) === keyOf(compared)) return;
      put({ compared: next });
      if (next.length < 2) return;
      for (const { id, question, changes } of wanted) {
        set(id, { value: null, asking: true, problem: null });
        void askScenario({ question, changes }, "none").then((answer) => {
          set(id, answer.ok ? { value: answer.value, asking: false, problem: null } : { value: null, asking: false, problem: answer.problem });
        });
      }
    },
  };
}
