/** What goes along with the page's pictures into files: their values, and where they are from. Pure. */
import { catalogue } from "../../i18n/index.ts";
import { moment, shortDate } from "../../i18n/format.ts";
import type { Taken } from "../charts/files.ts";
import { dayBegin } from "../charts/reports.ts";
import { fileStem } from "../pages/csv.ts";
import { activityWords, nameOfKey } from "./model.ts";
import { inForce } from "./state.ts";
import type { PageState } from "./state.ts";
import type { Edge } from "./view.ts";

export const isSimulated = ({ backlog }: PageState): boolean => backlog.value?.simulated === true;

export function sourceOf(state: PageState): string {
  const { lang, asOf } = state;
  const { agencyPage: t, charts, asOf: complete } = catalogue(lang);
  const days = inForce(state.view, asOf);
  const span = days === null ? "" : `, ${[days.from, days.to].map((day) => shortDate(lang, dayBegin(day))).join(" – ")}`;
  return charts.source(`${t.pictureSource}${span}`, complete(moment(lang, asOf)), isSimulated(state));
}

export const nameOf = (state: PageState, picture: string): string => {
  const days = inForce(state.view, state.asOf);
  return fileStem("agencies", picture, state.view.key, days?.from ?? "", days?.to ?? "", isSimulated(state));
};

/** A picture's title, and whose it is where an agency is open. */
export const titled = ({ lang, view, places: { names } }: PageState, title: string): string =>
  (view.key === "" ? title : `${title}: ${nameOfKey(lang, names, "agency", view.key)}`);

/** The process as it ran. */
export function takenOf(state: PageState, name: string, edges: readonly Edge[]): Taken {
  const { lang } = state;
  const title = titled(state, name);
  const t = catalogue(lang).agencyPage;
  return {
    title, source: sourceOf(state), name: nameOf(state, "process"),
    values: {
      head: [t.edgeFrom, t.edgeTo, t.times2, `${t.median} (h)`, `${t.p90} (h)`],
      rows: edges.map((edge) => [activityWords(lang, edge.from), activityWords(lang, edge.to), edge.count, edge.median_hours, edge.p90_hours]),
    },
  };
}
