/**
 * What whoever is in may see and do: of the whole city, of a part of it, or not at all. The server decides; this is what it has told
 * of the session, so that a page offers nothing that would be refused. Pure, but for who is in.
 */
import type { Session } from "./session.ts";

/** Rights that a page asks about, by the server's words (`api/src/doors/right.rs`). */
export type Right =
  | "see_figures" | "see_dossiers" | "see_alerts" | "see_health" | "act_on_alerts" | "try_rules" | "change_rules" | "enter" | "plan" | "save_plans";

/** What somebody is bounded to; nothing named is the whole city. */
export interface Scope {
  readonly sites?: readonly string[] | null;
  readonly units?: readonly string[] | null;
  readonly agencies?: readonly string[] | null;
}

export interface Access {
  /** `null` is whoever is at the machine, or a server that tells no rights: it refuses by itself. */
  readonly rights: Readonly<Record<string, string>> | null;
  readonly scope: Scope;
}

export const EVERYTHING: Access = { rights: null, scope: {} };

export function accessOf({ by, rights, scope }: Pick<Session, "by" | "rights" | "scope">): Access {
  return by === "open" || rights === undefined ? EVERYTHING : { rights, scope: scope ?? {} };
}

export const isBounded = ({ scope: { sites, units, agencies } }: Access): boolean => [sites, units, agencies].some((codes) => codes !== undefined && codes !== null);

/** Of a part of the city at least. */
export const hasPart = ({ rights }: Access, right: Right): boolean => rights === null || Object.hasOwn(rights, right);

/** Of the whole city. */
export const hasWhole = (access: Access, right: Right): boolean =>
  access.rights === null || (access.rights[right] === "allowed" && !isBounded(access));

/** Of points: who is bounded to agencies alone has none. */
export const hasPoints = (access: Access, right: Right): boolean =>
  hasPart(access, right) && (!isBounded(access) || (access.scope.sites ?? access.scope.units ?? null) !== null);

let mine: Access = EVERYTHING;

/** Of whoever is in. */
export const access = (): Access => mine;

export function come(session: Session): void {
  mine = accessOf(session);
}
