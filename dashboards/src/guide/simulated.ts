/** Whether the server's data are simulated, asked once; `null` where it does not say. */
import { address, get } from "../room/pages/fetch.ts";

export async function toldSimulated(): Promise<boolean | null> {
  const answer = await get<{ readonly clock?: { readonly simulated?: boolean } }>(address("about"));
  return answer.ok ? answer.value.clock?.simulated ?? null : null;
}
