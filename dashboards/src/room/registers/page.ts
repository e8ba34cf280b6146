/** The registers of the plans: what was to be done, and whether it is. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { Questioner, address } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { incidents } from "./incidents.ts";
import { newTask, progress } from "./progress.ts";
import { sessions } from "./sessions.ts";
import { PAGE, hashOfUp, hashOfView, sessionsAddress, start, viewOf } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import { tasks } from "./tasks.ts";
import { toolbar } from "./toolbar.ts";
import { training } from "./training.ts";
import type { Incidents, Sessions, Tasks, Training } from "./view.ts";

export function openRegisters(root: HTMLElement, room: HTMLElement): void {
  let state = start(storedLang());
  let isOpen = false;
  let isSimulated = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const ofTasks = new Questioner<Tasks>((asked) => {
    put({ tasks: asked });
    // Which days sessions are asked of depends on the server's today, which tasks tell.
    if (isOpen && asked.value !== null) ofSessions.ask(sessionsAddress(state));
  });
  const ofTraining = new Questioner<Training>((asked) => { put({ training: asked }); });
  const ofSessions = new Questioner<Sessions>((asked) => { put({ sessions: asked }); });
  const ofIncidents = new Questioner<Incidents>((asked) => { put({ incidents: asked }); });
  const ask = ({ show }: View, again: boolean): void => {
    ofTasks.ask(address("tasks"), { again });
    if (show === "training") ofTraining.ask(address("training"), { again });
    if (show === "incidents") ofIncidents.ask(address("incidents"), { again });
    if (show === "sessions") ofSessions.ask(sessionsAddress(state), { again });
  };
  const again = (): void => { ask(state.view, true); };
  const actions: Actions = {
    go: moving(PAGE, viewOf, hashOfView),
    reload: again,
  };

  const head = pageHead();
  const alert = alertOf(again);
  const lists = { tasks: tasks(actions), training: training(actions), sessions: sessions(actions), incidents: incidents(actions) };
  const tools = toolbar(actions);
  const others = [lists.tasks, progress(actions), newTask(actions), lists.training, lists.sessions, lists.incidents];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view } = state;
    const { app, registers: t } = catalogue(lang);
    const asked = state[view.show];
    isSimulated = asked.value?.simulated ?? isSimulated;
    head.update({ lang, title: t.title, asOf: asked.value?.as_of ?? null, simulated: isSimulated, source: null, isAsking: asked.asking });
    alert.update(lang, asked.problem ?? state.tasks.problem);
    document.title = `${app} · ${t.title}`;
    for (const part of [tools, ...others]) part.update(state);
  });

  const follow = (view: View): void => {
    const isBack = !isOpen;
    isOpen = true;
    put({ view, lang: storedLang() });
    ask(view, isBack);
    void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, alert.node, ...others.map(({ node }) => node)],
    title: head.title,
    find: () => lists[state.view.show].find,
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again,
  });
}
