/** What the page knows and what of it the address says. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { UNASKED } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import { LAYERS, NO_CHANGE, NOT_SERVED } from "./cells.ts";
import type { After, CellRow, Cells, Layer, Served } from "./cells.ts";
import { changesOf, textOfChanges } from "./changes.ts";
import type { Changes, Place, ShownPoint } from "./changes.ts";
import { USUAL_BUS, busOf, queryOfBus } from "./bus.ts";
import type { Candidates } from "./candidates.ts";
import type { GroupList } from "./groups.ts";
import { begin } from "./history.ts";
import type { History } from "./history.ts";
import type { Held } from "./hold.ts";
import { USUAL, queryOfQuestion, questionOf } from "./question.ts";
import type { Bus, BusQuestion, Equity, Gaps, Groups, Hours, Question, Queue, Saved, SavedList, Scenario, Site, Siting, Summary } from "./view.ts";
import { MORNING, slotOf } from "./week.ts";

export const PAGE = "planner";

export const TABS = ["change", "gaps", "siting", "hours", "queue", "equity", "bus", "groups", "saved"] as const;
export type Tab = (typeof TABS)[number];

export interface View {
  readonly question: Question;
  readonly changes: Changes;
  readonly layer: Layer;
  readonly tab: Tab;
  /** The point that is chosen. */
  readonly point: string;
  /** The first cell of the gap that is chosen: ranks move, cells do not. */
  readonly gap: string;
  readonly slot: number;
  readonly bus: BusQuestion;
  /** A saved scenario that is to be opened. */
  readonly scenario: string;
  /** Two saved scenarios side by side. */
  readonly compare: readonly string[];
}

export const EMPTY: View = { question: USUAL, changes: [], layer: "reach", tab: "change", point: "", gap: "", slot: MORNING, bus: USUAL_BUS, scenario: "", compare: [] };

export function viewOf(query: Query): View {
  return {
    question: questionOf(query),
    changes: changesOf(query["changes"] ?? ""),
    layer: LAYERS.find((one) => one === query["layer"]) ?? EMPTY.layer,
    tab: TABS.find((one) => one === query["show"]) ?? EMPTY.tab,
    point: query["point"] ?? "",
    gap: query["gap"] ?? "",
    slot: slotOf(query["slot"]),
    bus: busOf(query),
    scenario: query["scenario"] ?? "",
    compare: (query["compare"] ?? "").split(",").filter((one) => one !== "").slice(0, 2),
  };
}

export const hashOfView = ({ question, changes, layer, tab, point, gap, slot, bus, scenario, compare }: View): string => hashOf(PAGE, {
  ...queryOfQuestion(question),
  layer: layer === EMPTY.layer ? "" : layer,
  show: tab === EMPTY.tab ? "" : tab,
  point,
  gap,
  slot: slot === EMPTY.slot ? "" : String(slot),
  ...queryOfBus(bus),
  scenario,
  compare: compare.join(","),
  changes: textOfChanges(changes),
});

export const withTab = (view: View, tab: Tab): View => ({ ...view, tab, compare: tab === "saved" ? view.compare : [] });
export const withPoint = (view: View, point: string): View => ({ ...view, point, gap: "" });
export const withGap = (view: View, gap: string): View => ({ ...view, gap, point: "" });

/** One step out: of a comparison, of what is chosen, of a part, of the page. */
export function hashOfUp(view: View): string {
  if (view.compare.length > 0) return hashOfView({ ...view, compare: [] });
  if (view.point !== "" || view.gap !== "") return hashOfView({ ...view, point: "", gap: "" });
  return view.tab === EMPTY.tab ? "#/" : hashOfView(withTab(view, EMPTY.tab));
}

/** Why the map cannot be drawn, or that it is not there yet. */
export type MapStanding = "loading" | "ready" | "failed";

export interface Compared {
  readonly saved: Saved;
  readonly asked: Asked<Scenario>;
}

export interface Said {
  readonly words: string;
  readonly isRefused: boolean;
  /** What takes it back. */
  readonly undo: (() => void) | null;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly history: History;
  readonly held: Held | null;
  /** A point is to be put down by the next click on the map. */
  readonly isPlacing: boolean;
  readonly map: MapStanding;
  readonly sites: Asked<readonly Site[]>;
  readonly places: Places;
  readonly isSimulated: boolean;
  readonly cells: Asked<Cells>;
  /** Of the loaded cells, by their index. */
  readonly byId: ReadonlyMap<string, CellRow>;
  /** The points as they stand with everything that is changed or held. */
  readonly points: readonly ShownPoint[];
  readonly scenario: Asked<Scenario>;
  readonly after: After;
  /** When the last answer came, by this page's own clock, so that the time to the screen can be told. */
  readonly answeredAt: number;
  readonly gaps: Asked<Gaps>;
  readonly hours: Asked<Hours>;
  readonly queue: Asked<Queue>;
  readonly served: Served;
  readonly equity: Asked<Equity>;
  readonly summary: Asked<Summary>;
  readonly bus: Asked<Bus>;
  /** The list of groups as it was read: in this page alone, and gone with it. */
  readonly groupList: GroupList | null;
  readonly groups: Asked<Groups>;
  readonly siting: Asked<Siting>;
  readonly candidates: { readonly file: string; readonly read: Candidates } | null;
  readonly saved: Asked<SavedList>;
  readonly compared: readonly Compared[];
  readonly said: Said | null;
}

export type Part = PartOf<PageState>;

export const start = (lang: Lang): PageState => ({
  lang, view: EMPTY, history: begin([]), held: null, isPlacing: false, map: "loading", sites: UNASKED, places: NO_PLACES, isSimulated: false,
  cells: UNASKED, byId: new Map(), points: [], scenario: UNASKED, after: NO_CHANGE, answeredAt: 0, gaps: UNASKED, hours: UNASKED, queue: UNASKED, served: NOT_SERVED,
  equity: UNASKED, summary: UNASKED, bus: UNASKED, groupList: null, groups: UNASKED, siting: UNASKED, candidates: null, saved: UNASKED, compared: [], said: null,
});

/** What the parts may ask of the page. */
export interface Actions {
  go(change: (view: View) => View, quietly?: boolean): void;
  choosePoint(id: string): void;
  chooseGap(cell: string): void;
  /** A step: it can be taken back. */
  change(next: (changes: Changes) => Changes): void;
  undo(): void;
  redo(): void;
  hold(held: Held | null): void;
  drop(): void;
  /** Begins to add a point: at a place, or by the next click or the arrows. */
  place(at: Place | null): void;
  stopPlacing(): void;
  say(said: Said | null): void;
  readCandidates(file: File | null): void;
  /** Reads a list of groups, pasted or chosen, and asks how they reach the points; `null` lets go of it. */
  readGroups(list: string | File | null): void;
  findSites(body: Readonly<Record<string, unknown>>): void;
  save(name: string, note: string, id: string | null): Promise<string | null>;
  open(saved: Saved): void;
  remove(saved: Saved): void;
  again(): void;
}

/** The point that is chosen, as it stands now. */
export const chosenPoint = ({ view, points }: PageState): ShownPoint | null => points.find(({ id }) => id === view.point) ?? null;
