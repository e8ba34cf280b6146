/** What is asked of one dossier beside its due date, and how it stands. */
import { wordFor } from "../../i18n/index.ts";
import { moment } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { stepName } from "../agencies/model.ts";
import type { Told } from "./shown.ts";
import type { Duty } from "./view.ts";

export function dutyRow({ t, lang, names: known }: Told, duty: Duty): HTMLElement {
  const words = t.agencyPage;
  const standings: Record<Duty["standing"], string> = {
    kept: words.kept,
    broken: words.broken,
    open: words.stillOpen,
    open_late: words.late,
    unset: words.unset,
  };
  const names: Readonly<Record<string, string>> = words.dutyNames;
  const name = wordFor(names, duty.duty);
  const of = [duty.step === null ? null : stepName(t, known.agency(lang, duty.step)), duty.of === null ? null : known.agency(lang, duty.of)].filter((part) => part !== null).join(", ");
  const due = duty.due === null ? null : `${t.due}: ${moment(lang, duty.due)}`;
  const done = duty.done === null ? null : moment(lang, duty.done);
  const times = [moment(lang, duty.since), done].filter((part) => part !== null).join(" – ");
  const details = [due, times].filter((part) => part !== null).join(" · ");
  return h("li", { attrs: { "data-testid": "duty", "data-duty": duty.duty, "data-standing": duty.standing } },
    h("p", { text: `${of === "" ? name : `${name} (${of})`}: ${standings[duty.standing]}` }),
    h("p", { class: "quiet", text: details }));
}
