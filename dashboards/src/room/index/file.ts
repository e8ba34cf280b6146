/** The whole list of losses as a file, fetched in as few questions as the server allows. */
import { catalogue } from "../../i18n/index.ts";
import { get } from "../pages/fetch.ts";
import { csv, download } from "../pages/csv.ts";
import { LOSS_COLUMNS, lossRow } from "./model.ts";
import { lossesAddress } from "./state.ts";
import type { PageState } from "./state.ts";
import type { Loss, Losses } from "./view.ts";

/** The most that one answer holds. */
const MOST = 5_000;

export async function downloadLosses({ lang, view, names, index }: PageState, say: (words: string) => void): Promise<void> {
  const t = catalogue(lang).index766;
  const period = view.period === "" ? (index.value?.period ?? "") : view.period;
  const items: Loss[] = [];
  let simulated = false;
  let total = 1;
  say(t.downloading);
  while (items.length < total) {
    const url = lossesAddress({ ...view, period, chosen: [] }, MOST, items.length);
    const answer = url === null ? null : await get<Losses>(url);
    if (answer?.ok !== true) {
      say(t.downloadFailed);
      return;
    }
    ({ total, simulated } = answer.value);
    items.push(...answer.value.items);
    // Fewer than were told of: cases were settled while they were fetched.
    if (answer.value.items.length === 0) break;
  }
  const of = { period, indicator: view.indicator, simulated };
  const name = ["index766", view.indicator, view.key.replace(/[^A-Za-z0-9-]+/g, "-"), period, simulated ? "simulated" : ""];
  download(`${name.filter((part) => part !== "").join("_")}.csv`, csv(LOSS_COLUMNS, items.map((one) => lossRow(lang, names, one, of))));
  say("");
}
