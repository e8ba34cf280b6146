/** Whose part of the city an account is for, in words. Pure. */
import { catalogue, wordFor } from "../i18n/index.ts";
import type { Lang } from "../i18n/index.ts";
import { count } from "../i18n/format.ts";
import type { Names } from "../room/pages/names.ts";
import { isBounded } from "./access.ts";
import type { Access } from "./access.ts";
import type { Session } from "./session.ts";

/** Named before the rest is only counted. */
const NAMED = 2;

/** "Phường Ba Đình, Phường Tây Hồ and 3 more"; empty for who is for the whole city. */
export function partWords(lang: Lang, access: Access, names: Names): string {
  if (!isBounded(access)) return "";
  const t = catalogue(lang).access;
  const { sites, units, agencies } = access.scope;
  const all = [
    ...(units ?? []).map((code) => t.unit(names.unit(code))),
    ...(sites ?? []).map((code) => names.short(code)),
    ...(agencies ?? []).map((code) => names.agency(lang, code)),
  ];
  const rest = all.length - NAMED;
  return [all.slice(0, NAMED).join(", "), ...(rest > 0 ? [t.more(count(lang, rest))] : [])].join(" ");
}

export const roleWords = (lang: Lang, { role, role_vi: vi }: Pick<Session, "role" | "role_vi">): string =>
  lang === "vi" ? vi : wordFor(catalogue(lang).signIn.roles, role);
