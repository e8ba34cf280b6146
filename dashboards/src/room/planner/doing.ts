/** What is done on the page: steps of the scenario, points that are held, places that are sought, scenarios that are kept. */
import { catalogue } from "../../i18n/index.ts";
import { address, get, post, UNASKED } from "../pages/fetch.ts";
import { problemWords } from "../pages/alert.ts";
import { keptSeat } from "../desk/kept.ts";
import { added, isSame, nextId } from "./changes.ts";
import type { Changes, Place } from "./changes.ts";
import { candidatesOf } from "./candidates.ts";
import { groupsOf } from "./groups.ts";
import { redone, stepped, undone } from "./history.ts";
import type { History } from "./history.ts";
import { withHeld } from "./hold.ts";
import type { Held } from "./hold.ts";
import { EMPTY, withGap, withPoint } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import type { Gap, Groups, Saved, Siting } from "./view.ts";

interface Around {
  readonly state: () => PageState;
  readonly put: (patch: Partial<PageState>) => void;
  readonly go: Actions["go"];
  /** The changes in force are others: points and figures follow. */
  readonly changed: () => void;
  readonly centre: () => Place;
  readonly focusHandle: () => void;
  readonly letGo: () => void;
  readonly loadSaved: () => void;
  readonly again: () => void;
}

/** A file of candidates larger than this is none. */
const MOST_BYTES = 5_000_000;

export function doing(around: Around): Actions & { putAt(gap: Gap): void; askGroups(): void; openById(id: string): Promise<void> } {
  const { state, put, go } = around;
  const words = (): ReturnType<typeof catalogue>["planner"] => catalogue(state().lang).planner;

  /** Goes to a step of the history; the address says what is in force, without a step of its own for each drop. */
  const to = (history: History, more: (view: View) => View = (view) => view): void => {
    if (history === state().history) return;
    put({ history, held: null, isPlacing: false, said: null });
    go((view) => more({ ...view, changes: history.now, scenario: "" }), true);
    around.changed();
  };
  const step = (next: Changes, more?: (view: View) => View): void => { to(stepped(state().history, next), more); };

  const hold = (held: Held | null): void => {
    if (held === null) around.letGo();
    put({ held, isPlacing: held?.isNew !== null && held !== null ? state().isPlacing : false });
    if (held !== null && held.isNew === null && state().view.point !== held.id) go((view) => withPoint(view, held.id), true);
    around.changed();
  };

  const addAt = (at: Place): void => {
    const { history } = state();
    const id = nextId(history.now);
    step(added(history.now, id, words().newName(id.replace("new-", "")), "community", at), (view) => ({ ...withPoint(view, id), tab: "change" }));
  };

  const keep = async (path: string, body: object, method: "POST" | "PUT"): Promise<string | null> => {
    const answer = await post(path, body, method);
    if (!answer.ok) return problemWords(state().lang, answer.problem);
    around.loadSaved();
    return null;
  };

  const bringBack = async (saved: Saved): Promise<void> => {
    const path = `scenarios/${encodeURIComponent(saved.id)}`;
    // Under its own id, so that links to it hold.
    const trouble = await keep(path, saved, "PUT");
    put({ said: { words: trouble ?? words().broughtBack(saved.name), isRefused: trouble !== null, undo: null } });
  };

  const actions: Actions = {
    go,
    again: around.again,
    choosePoint: (id) => { go((view) => ({ ...withPoint(view, id), tab: "change" })); },
    chooseGap: (cell) => { go((view) => ({ ...withGap(view, view.gap === cell && view.tab === "gaps" ? "" : cell), tab: "gaps" })); },
    change: (next) => { step(next(state().history.now)); },
    undo: () => { to(undone(state().history)); },
    redo: () => { to(redone(state().history)); },
    hold,
    drop: () => {
      const { held, history } = state();
      if (held === null) return;
      const next = withHeld(history.now, held);
      if (isSame(next, history.now)) hold(null);
      else step(next, (view) => ({ ...withPoint(view, held.id), tab: "change" }));
    },
    place: (at) => {
      if (at !== null) {
        addAt(at);
        return;
      }
      const { history, map } = state();
      const id = nextId(history.now);
      if (map !== "ready") {
        // Without a map it is put down in the middle, to be moved by its form.
        addAt(around.centre());
        return;
      }
      put({ isPlacing: true, held: { id, isNew: { name: words().newName(id.replace("new-", "")), kind: "community" }, at: around.centre() }, said: null });
      around.changed();
      around.focusHandle();
    },
    stopPlacing: () => {
      put({ isPlacing: false });
      hold(null);
    },
    say: (said) => { put({ said }); },
    readCandidates: (file) => {
      if (file === null) put({ candidates: null });
      else if (file.size > MOST_BYTES) put({ candidates: { file: file.name, read: { good: [], bad: [], missing: [words().tooLargeFile] } } });
      else void file.text().then((text) => { put({ candidates: { file: file.name, read: candidatesOf(text) } }); });
    },
    readGroups: (list) => {
      if (list === null) put({ groupList: null, groups: UNASKED });
      else if (typeof list === "string") taken(words().groupsPasted, list);
      else if (list.size > MOST_BYTES) put({ groupList: { name: list.name, read: { good: [], bad: [], missing: [], isTooLarge: true } }, groups: UNASKED });
      else void list.text().then((text) => { taken(list.name, text); });
    },
    findSites: (body) => { void find(body); },
    save: (name, note, id) => {
      const { view: { question }, history } = state();
      const seat = keptSeat();
      const body = { name, note, ...(seat === "" ? {} : { by: seat }), question, changes: history.now };
      return id === null ? keep("scenarios", body, "POST") : keep(`scenarios/${encodeURIComponent(id)}`, body, "PUT");
    },
    open: ({ id, question, changes }) => {
      go(({ layer }) => ({ ...EMPTY, layer, question, changes, scenario: id }));
    },
    remove: (saved) => { void remove(saved); },
  };

  const taken = (name: string, text: string): void => {
    put({ groupList: { name, read: groupsOf(text) }, groups: UNASKED });
    void askGroups();
  };

  const askGroups = async (): Promise<void> => {
    const { view: { question }, groupList } = state();
    if (groupList === null || groupList.read.good.length === 0) return;
    put({ groups: { value: null, asking: true, problem: null } });
    const rows = groupList.read.good.map(({ group, place, weight }) => ({ group, place, weight }));
    const answer = await post<Groups>("coverage/groups", { ...question, rows });
    // By now another list or question may be asked about.
    if (state().groupList !== groupList || state().view.question !== question) return;
    put({ groups: answer.ok ? { value: answer.value, asking: false, problem: null } : { ...UNASKED, problem: answer.problem } });
  };

  const find = async (body: Readonly<Record<string, unknown>>): Promise<void> => {
    const { view: { question }, history, candidates } = state();
    const good = candidates?.read.good ?? [];
    if (candidates !== null && good.length === 0) {
      put({ said: { words: words().noCandidates, isRefused: true, undo: null } });
      return;
    }
    put({ siting: { value: null, asking: true, problem: null } });
    const answer = await post<Siting>("siting", { ...question, ...body, candidates: candidates === null ? "cells" : good, changes: history.now });
    put({ siting: answer.ok ? { value: answer.value, asking: false, problem: null } : { ...UNASKED, problem: answer.problem } });
  };

  const remove = async (saved: Saved): Promise<void> => {
    const answer = await post(`scenarios/${encodeURIComponent(saved.id)}`, null, "DELETE");
    if (!answer.ok) {
      put({ said: { words: problemWords(state().lang, answer.problem), isRefused: true, undo: null } });
      return;
    }
    put({ said: { words: words().deleted(saved.name), isRefused: false, undo: () => { void bringBack(saved); } } });
    go((view) => ({ ...view, compare: view.compare.filter((one) => one !== saved.id), scenario: view.scenario === saved.id ? "" : view.scenario }), true);
    around.loadSaved();
  };

  return {
    ...actions,
    askGroups: () => { void askGroups(); },
    putAt: ({ centre: [lon, lat] }) => { addAt({ lon, lat }); },
    async openById(id) {
      const answer = await get<Saved>(address(`scenarios/${encodeURIComponent(id)}`));
      if (answer.ok) {
        const { question, changes } = answer.value;
        go((view) => ({ ...view, question, changes }), true);
      } else put({ said: { words: problemWords(state().lang, answer.problem), isRefused: true, undo: null } });
    },
  };
}
