/** Where an account lands that opens the page without naming anything. */
import { isBounded } from "./access.ts";
import type { Access } from "./access.ts";
import { hashOfPage, mayOpen, openTo } from "./pages.ts";
import type { Session } from "./session.ts";
import { hashOfSite } from "../room/supervision/route.ts";

/** Its one point, or the first page that is open to it; `null` stays in the room. Pure. */
export function landing(access: Access, by: Session["by"] = "session"): string | null {
  if (!mayOpen(access, "room")) {
    const [first] = openTo(access);
    return first === undefined ? null : hashOfPage(first);
  }
  // A screen that came by a key is for the wall.
  if (by === "key" && mayOpen(access, "wall")) return hashOfPage("wall");
  const { sites = null, units = null } = access.scope;
  const [only, ...others] = sites ?? [];
  return isBounded(access) && units === null && only !== undefined && others.length === 0 ? hashOfSite(only) : null;
}

export function land(access: Access, { by }: Session): void {
  const to = location.hash === "" || location.hash === "#/" ? landing(access, by) : null;
  if (to !== null) history.replaceState(null, "", to);
}
