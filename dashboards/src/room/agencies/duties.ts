/** What is asked beside the due date: kept, broken, with time left, past its time, and where no limit is set. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, decimal, percent } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import type { Column } from "../pages/table.ts";
import { dutiesOf, figure } from "./model.ts";
import type { Duty } from "./model.ts";
import { figures } from "./part.ts";
import type { Part } from "./part.ts";
import type { DutyRow } from "./view.ts";

const isNothing = ({ kept, broken, open, late, unset }: Duty): boolean => kept + broken + open + late + unset === 0;

function columns(lang: Lang): Column<Duty>[] {
  const t = catalogue(lang).agencyPage;
  const number = (key: string, title: string, value: (duty: Duty) => number, kind = ""): Column<Duty> =>
    ({ key, title, isNumber: true, cell: (duty) => h("span", { class: value(duty) === 0 ? "quiet" : kind, text: count(lang, value(duty)) }) });
  const unset = (duty: Duty): Node | string => {
    if (duty.unset > 0) return h("span", { class: "is-unknown", text: t.unsetOf(count(lang, duty.unset)) });
    return isNothing(duty) ? h("span", { class: "quiet", text: t.noCase }) : "";
  };
  return [
    { key: "duty", title: t.duty, cell: ({ name }) => t.dutyNames[name] },
    number("kept", t.kept, ({ kept }) => kept),
    number("broken", t.broken, ({ broken }) => broken, "is-lost"),
    { key: "share", title: t.keptShare, isNumber: true, cell: ({ share }) => percent(lang, share) },
    number("open", t.stillOpen, ({ open }) => open),
    number("late", t.late, ({ late }) => late, "is-lost"),
    { key: "unset", title: t.note, cell: unset },
  ];
}

function means(lang: Lang, row: DutyRow): string {
  const t = catalogue(lang).agencyPage;
  const of = (key: string, words: (n: string) => string): string | null => {
    const value = figure(row, key);
    return value === null ? null : words(decimal(lang, value));
  };
  const transit = figure(row, "paper_in_transit") ?? 0;
  return [of("mean_acknowledge_hours", t.meanAcknowledge), of("mean_hand_over_hours", t.meanHandOver), transit > 0 ? t.inTransit(count(lang, transit)) : null]
    .filter((one) => one !== null).join(" ");
}

export function duties(): Part {
  const title = h("h2");
  const hint = h("p", { class: "quiet" });
  const note = h("p", { class: "quiet" });
  const table = figures<Duty>("duties", ({ name }) => name, (duty) => ({ "data-unset": String(duty.unset > 0), "data-nothing": String(isNothing(duty)) }));
  const node = h("section", { class: "page-part", attrs: { "data-testid": "duties-part" } }, title, hint, table.node, note);
  const changes = new Changes();
  const ofLang = new Changes();
  let made: Column<Duty>[] = [];
  let rows: Duty[] = [];
  return {
    node,
    update({ lang, view, duties: asked }) {
      node.hidden = asked.value === null;
      if (asked.value === null) return;
      const t = catalogue(lang).agencyPage;
      const row = view.key === "" ? asked.value.rows[0] : asked.value.rows.find((one) => one["agency"] === view.key);
      if (ofLang.of(lang)) made = columns(lang);
      if (changes.of(asked.value, view.key)) rows = row === undefined ? [] : dutiesOf(row);
      setText(title, t.duties);
      setText(hint, t.dutiesHint);
      show(note, row !== undefined);
      setText(note, row === undefined ? "" : means(lang, row));
      table.update({ columns: made, rows, order: null, label: t.duties, empty: t.noDuties });
    },
  };
}
