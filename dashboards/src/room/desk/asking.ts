/** What the desk asks the server for, beside what it is told: details, closed cases, quality, rules, the hand-over. */
import { Questioner, address } from "../pages/fetch.ts";
import { byId, toldRules } from "./loaded.ts";
import type { Sorting } from "./sorting.ts";
import { closedAddress, qualityAddress } from "./state.ts";
import type { PageState } from "./state.ts";
import type { CaseList, Detail, Handover, Quality, Rules } from "./view.ts";

/** An open case's details are asked for again at most this often while it changes, in ms. */
const DETAIL_MS = 1_000;
/** While one goes through the list, those that are passed are not asked for. */
const SETTLED_MS = 150;

interface Asking {
  /** What the tab in view needs; what is known already only `again`. */
  readonly ask: (again: boolean) => void;
  /** The chosen case's details, once the choice has settled. */
  readonly askDetail: (again: boolean) => void;
}

export function asking(state: () => PageState, put: (patch: Partial<PageState>) => void, isOpen: () => boolean, arranging: Sorting): Asking {
  const ofDetail = new Questioner<Detail>((asked) => { put({ detail: asked }); });
  const ofClosed = new Questioner<CaseList>((closed) => {
    put({ closed });
    arranging.now();
  });
  const ofQuality = new Questioner<Quality>((asked) => { put({ quality: asked }); });
  const ofHandover = new Questioner<Handover>((asked) => { put({ handover: asked }); });
  const ofRules = new Questioner<Rules>((asked) => {
    const rules = asked.value === null ? state().rules : byId(asked.value.rules);
    if (asked.value !== null) toldRules(rules);
    put({ ofRules: asked, rules });
  });

  let waiting: ReturnType<typeof setTimeout> | null = null;
  let askedAt = -Infinity;
  const askDetail = (again: boolean): void => {
    if (waiting !== null) clearTimeout(waiting);
    waiting = setTimeout(() => {
      waiting = null;
      askedAt = performance.now();
      const { key } = state().view;
      if (isOpen()) ofDetail.ask(key === "" ? null : address(`alerts/${encodeURIComponent(key)}`), { again });
    }, again ? Math.max(0, askedAt + DETAIL_MS - performance.now()) : SETTLED_MS);
  };
  return {
    ask: (again) => {
      const { view } = state();
      ofClosed.ask(closedAddress(view), { again });
      if (view.show === "quality") ofQuality.ask(qualityAddress(state()), { again });
      if (view.show === "rules") ofRules.ask(address("alerts/rules"), { again });
      if (view.show === "handover") ofHandover.ask(address("alerts/handover"), { again });
      if (view.show === "list" && again && view.key !== "") askDetail(true);
    },
    askDetail,
  };
}
