/** Who is signed in, and what is asked for next. Pure, but for the questions that the page puts. */
import type { Problem } from "../room/pages/fetch.ts";
import type { Scope } from "./access.ts";

/** What the server says of who asks. */
export interface Session {
  readonly who: string;
  readonly role: string;
  readonly role_vi: string;
  readonly by: "session" | "key" | "ticket" | "open";
  readonly stage: "full" | "change_password" | "enrol_totp";
  /** Its rights, each `allowed` or `scoped`; an older server tells none. */
  readonly rights?: Readonly<Record<string, string>>;
  readonly scope?: Scope;
  /** Nobody was asked: the server did not answer. */
  readonly isUnreached?: boolean;
}

/** What the page shows. */
export type Step =
  | { readonly kind: "name" }
  | { readonly kind: "code"; readonly name: string; readonly password: string }
  | { readonly kind: "key" }
  | { readonly kind: "password" }
  | { readonly kind: "factor" }
  | { readonly kind: "secret"; readonly secret: string; readonly uri: string }
  | { readonly kind: "recovery"; readonly codes: readonly string[]; readonly session: Session }
  | { readonly kind: "in"; readonly session: Session };

/** What is to be done before somebody who is known is in. */
export function stepOf(session: Session): Step {
  switch (session.stage) {
    case "change_password":
      return { kind: "password" };
    case "enrol_totp":
      return { kind: "factor" };
    case "full":
      return { kind: "in", session };
  }
}

/** After a refused attempt to sign in: the code is asked for where that alone is lacking. */
export function afterRefusal(step: Step, sent: { name: string; password: string }, problem: Problem): Step {
  if (problem.code === "code_wanted") return { kind: "code", ...sent };
  // A wrong code may be a wrong password, too: the server does not say which.
  return step.kind === "code" && problem.code === "not_signed_in" ? { kind: "name" } : step;
}

/** A password that the server will not take in any case, so that it is said before it is sent. */
export function weakness(present: string, next: string, again: string): "short" | "same" | "differs" | null {
  if (Array.from(next).length < 12) return "short";
  if (next === present) return "same";
  return next === again ? null : "differs";
}
