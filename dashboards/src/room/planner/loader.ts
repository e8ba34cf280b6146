/** What the page asks the server for. The cells' outlines come once; another question brings rows alone. */
import { Questioner, address, get, post } from "../pages/fetch.ts";
import type { Answer, Problem } from "../pages/fetch.ts";
import { afterOf, servedOf } from "./cells.ts";
import type { CellRow, Cells } from "./cells.ts";
import type { Changes } from "./changes.ts";
import { Latest } from "./latest.ts";
import { paramsOf } from "./question.ts";
import type { PageState, Tab } from "./state.ts";
import type { Bus, BusQuestion, Equity, Gaps, Hours, Question, Queue, SavedList, Scenario, Site, Summary } from "./view.ts";

type Put = (patch: Partial<PageState>) => void;

interface ScenarioAsked {
  readonly question: Question;
  readonly changes: Changes;
  /** Points count where they are open at this instant. */
  readonly at?: string | null;
}

/** The same outlines with other rows; a cell that has no row any more keeps the one it had. */
export function withRows(cells: Cells, rows: readonly CellRow[]): Cells {
  const byId = new Map(rows.map((row) => [row.cell, row]));
  return { ...cells, features: cells.features.map((one) => ({ ...one, properties: byId.get(one.properties.cell) ?? one.properties })) };
}

export const indexOf = (cells: Cells): ReadonlyMap<string, CellRow> => new Map(cells.features.map(({ properties }) => [properties.cell, properties]));

export const askScenario = ({ question, changes, at = null }: ScenarioAsked, cells: "changed" | "none"): Promise<Answer<Scenario>> =>
  post<Scenario>("coverage/scenario", { ...question, changes, cells, ...(at === null ? {} : { at }) });

interface Loader {
  /** Everything that hangs on the question and the tab in view; `again` also what is known. */
  ask(question: Question, tab: Tab, layer: string, again: boolean): void;
  bus(question: Question, bus: BusQuestion, again: boolean): void;
  scenario(question: Question, changes: Changes, at: string | null): void;
  saved(again: boolean): void;
  /** The queue alone grows old by itself. */
  queue(question: Question): void;
}

export function loader(put: Put, state: () => PageState): Loader {
  let outlines: Cells | null = null;
  let askedFor = "";
  const taken = (cells: Cells): void => { put({ cells: { value: cells, asking: false, problem: null }, byId: indexOf(cells) }); };
  const ofCells = new Questioner<Cells>((asked) => {
    if (asked.value === null) put({ cells: asked });
    else {
      outlines = asked.value;
      if (!asked.asking) taken(asked.value);
    }
  });
  const ofRows = new Questioner<{ readonly rows: readonly CellRow[] }>(({ value, asking, problem }) => {
    if (value === null || outlines === null) put({ cells: { value: state().cells.value, asking, problem } });
    else if (!asking) taken(withRows(outlines, value.rows));
  });
  const ofSites = new Questioner<{ readonly sites: readonly Site[] }>(({ value, asking, problem }) => { put({ sites: { value: value?.sites ?? null, asking, problem } }); });
  const ofGaps = new Questioner<Gaps>((gaps) => { put({ gaps }); });
  const ofHours = new Questioner<Hours>((hours) => { put({ hours }); });
  const ofQueue = new Questioner<Queue>((queue) => { put({ queue, served: servedOf(queue.value) }); });
  const ofEquity = new Questioner<Equity>((equity) => { put({ equity }); });
  const ofSummary = new Questioner<Summary>((summary) => { put({ summary }); });
  const ofBus = new Questioner<Bus>((bus) => { put({ bus }); });
  const ofSaved = new Questioner<SavedList>((saved) => { put({ saved }); });

  const told = (value: Scenario | null, problem: Problem | null, isLast: boolean): void => {
    const last = state();
    const answeredAt = performance.now();
    // An answer that failed leaves the figures of the one before in view, which the page says.
    if (value === null) put({ scenario: { value: last.scenario.value, asking: !isLast, problem } });
    else put({ scenario: { value, asking: !isLast, problem: null }, after: afterOf(value.cells), answeredAt });
  };
  const latest = new Latest((asked: ScenarioAsked) => askScenario(asked, "changed"), (_asked, answer, isLast) => {
    if (answer.ok) told(answer.value, null, isLast);
    else told(null, answer.problem, isLast);
  });

  return {
    ask(question, tab, layer, again) {
      const params = paramsOf(question);
      ofSites.ask(address("sites"), { again: again && state().sites.value === null });
      const isOther = askedFor !== address("", params);
      askedFor = address("", params);
      if (outlines === null) ofCells.ask(address("map/cells", params), { again, keep: true });
      else if (isOther || (again && state().cells.problem !== null)) ofRows.ask(address("coverage", params), { again: true, keep: true });
      // Gaps are outlined on the map, whichever part is in view.
      ofGaps.ask(address("coverage/gaps", { ...params, least: 0 }), { again, keep: true });
      if (tab === "hours") ofHours.ask(address("coverage/hours", params), { again, keep: true });
      if (tab === "queue" || layer === "served") ofQueue.ask(address("coverage/queue", params), { again, keep: true });
      if (tab === "equity") ofEquity.ask(address("coverage/equity", params), { again, keep: true });
      if (tab === "equity") ofSummary.ask(address("coverage", { ...params, summary: "true" }), { again, keep: true });
    },
    bus(question, bus, again) {
      const { kinds } = paramsOf(question);
      // Another window is another question: its figures never stand under the words of the one before.
      ofBus.ask(address("coverage/bus", { ...bus, ...(kinds === undefined ? {} : { kinds }) }), { again });
    },
    scenario(question, changes, at) {
      const { value, problem } = state().scenario;
      put({ scenario: { value, asking: true, problem } });
      latest.want({ question, changes, at });
    },
    queue(question) {
      ofQueue.ask(address("coverage/queue", paramsOf(question)), { again: true, keep: true });
    },
    saved(again) {
      ofSaved.ask(address("scenarios"), { again, keep: true });
    },
  };
}

/** Whether the figures are real. */
export async function isSimulated(): Promise<boolean> {
  const about = await get<{ readonly clock?: { readonly simulated?: boolean } }>(address("about"));
  return about.ok && about.value.clock?.simulated === true;
}
