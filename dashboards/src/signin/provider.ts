/**
 * The city's identity provider, where the server has one: the way to it, and what is said when it led to nothing. The browser goes there by
 * a link and comes back to `/`, signed in, or to `/?refused=…` with a word of why not.
 */
import { catalogue } from "../i18n/index.ts";
import type { Lang } from "../i18n/index.ts";
import { address, get } from "../room/pages/fetch.ts";

interface Ways {
  readonly openid: { readonly name: string } | null;
}

/** What the provider is called; `null` where there is none, or an older server does not say. */
export async function providerName(): Promise<string | null> {
  const answer = await get<Ways>(address("session/ways"));
  return answer.ok ? (answer.value.openid?.name ?? null) : null;
}

/** The words for why the provider led to nothing; empty where it was not tried. Pure. */
export function refusedWords(lang: Lang, search: string): string {
  const why = new URLSearchParams(search).get("refused");
  if (why === null) return "";
  const { providerRefused: words } = catalogue(lang).signIn;
  return Object.hasOwn(words, why) ? words[why as keyof typeof words] : words.refused;
}

/** Takes the word out of the address: it is of that attempt alone. */
export function forgetRefused(): void {
  if (new URLSearchParams(location.search).has("refused")) history.replaceState(null, "", `${location.pathname}${location.hash}`);
}
