/**
 * The sign-in page: name and password, a code, a password of one's own at first, a second factor. Nothing else of the service is asked for
 * before somebody is in; on a server that is open to its own machine nobody sees it.
 */
import { catalogue, followLang, storedLang, storeLang } from "../i18n/index.ts";
import type { Lang } from "../i18n/index.ts";
import { problemWords } from "../room/pages/alert.ts";
import { address, get, post } from "../room/pages/fetch.ts";
import type { Answer } from "../room/pages/fetch.ts";
import { NO_PLACES, loadPlaces } from "../room/pages/places.ts";
import { h, setAttr, setText } from "../ui/dom.ts";
import { access, isBounded } from "./access.ts";
import { forgetKey, keepKey, storedKey, takeKey, typedKey } from "./key.ts";
import { forgetRefused, providerName, refusedWords } from "./provider.ts";
import { afterRefusal, stepOf, weakness } from "./session.ts";
import type { Session, Step } from "./session.ts";
import { partWords, roleWords } from "./words.ts";

type Asked = "text" | "password" | "code";

/** Waits until somebody is in. */
export async function signIn(root: HTMLElement): Promise<Session> {
  takeKey();
  const answer = await get<Session>(address("session"));
  if (answer.ok && isComplete(answer.value)) return answer.value;
  // A server that cannot be reached, or is older: the room itself says what is wrong, and asks again who is in.
  if (!answer.ok && answer.problem.status !== 401) return { ...NOBODY, isUnreached: answer.problem.status === 0 };
  const ofKey = storedKey() === null ? null : answer.ok ? catalogue(storedLang()).signIn.keyOther : problemWords(storedLang(), answer.problem);
  if (ofKey !== null) forgetKey();
  const provider = await providerName();
  const said = ofKey ?? refusedWords(storedLang(), location.search);
  forgetRefused();
  return new Promise((resolve) => {
    const step: Step = ofKey !== null ? { kind: "key" } : answer.ok ? stepOf(answer.value) : { kind: "name" };
    new SignIn(root, step, resolve, { said, provider }).draw();
  });
}

/** A key is taken for a screen alone: whoever may do more than look signs in, and out again. */
const isComplete = ({ stage, by, role }: Session): boolean => stage === "full" && (by !== "key" || role === DISPLAY);

const NOBODY: Session = { who: "", role: "", role_vi: "", by: "open", stage: "full" };
const DISPLAY = "display";

class SignIn {
  readonly #root: HTMLElement;
  readonly #node = h("main", { class: "signin", attrs: { "data-testid": "signin" } });
  readonly #done: (session: Session) => void;
  #step: Step;
  #lang: Lang = storedLang();
  readonly #provider: string | null;
  #said: string;

  constructor(root: HTMLElement, step: Step, done: (session: Session) => void, { said, provider }: { said: string; provider: string | null }) {
    this.#root = root;
    this.#step = step;
    this.#done = done;
    this.#said = said;
    this.#provider = provider;
    root.hidden = true;
    document.body.append(this.#node);
  }

  #go(step: Step, said = ""): void {
    this.#step = step;
    this.#said = said;
    if (step.kind === "in") {
      this.#node.remove();
      this.#root.hidden = false;
      this.#done(step.session);
    } else this.draw();
  }

  draw(): void {
    const t = catalogue(this.#lang).signIn;
    document.documentElement.lang = this.#lang;
    document.title = `${t.title} · Vọng Lâu`;
    const other: Lang = this.#lang === "vi" ? "en" : "vi";
    const language = h("button", { class: "plain", text: t.otherLanguage, attrs: { type: "button", lang: other, "data-testid": "signin-lang" }, on: { click: () => {
      this.#lang = other;
      storeLang(other);
      this.draw();
    } } });
    const alert = h("p", { class: "form-status", text: this.#said, attrs: { role: "alert", "data-testid": "signin-said" } });
    this.#node.replaceChildren(h("div", { class: "signin-box" }, h("p", { class: "signin-mark", text: "Vọng Lâu" }), ...this.#form(), alert, ...this.#others(), language));
    this.#node.querySelector<HTMLElement>("input, .signin-first")?.focus();
  }

  /** A screen on a wall comes in otherwise than a person. */
  #others(): HTMLElement[] {
    const t = catalogue(this.#lang).signIn;
    const { kind } = this.#step;
    if (kind !== "name" && kind !== "key") return [];
    const to: Step = { kind: kind === "name" ? "key" : "name" };
    const provider = this.#provider === null ? [] : [h("a", { class: "signin-provider", text: t.byProvider(this.#provider), attrs: { href: address("session/openid"), "data-testid": "signin-provider" } })];
    return [...provider, h("button", { class: "plain", text: kind === "name" ? t.byKey : t.byName, attrs: { type: "button", "data-testid": "signin-other" }, on: { click: () => { this.#go(to); } } })];
  }

  async #key(typed: string): Promise<string | null> {
    const t = catalogue(this.#lang).signIn;
    const key = typedKey(typed);
    if (key === null) return t.keyForm;
    keepKey(key);
    const answer = await get<Session>(address("session"));
    if (answer.ok && isComplete(answer.value)) {
      this.#go({ kind: "in", session: answer.value });
      return null;
    }
    forgetKey();
    return answer.ok ? t.keyOther : problemWords(this.#lang, answer.problem);
  }

  #form(): HTMLElement[] {
    const t = catalogue(this.#lang).signIn;
    const step = this.#step;
    switch (step.kind) {
      case "name":
        return this.#fields(t.title, t.lead, t.signIn, [["name", t.name, "text"], ["password", t.password, "password"]], async ([name = "", password = ""]) => this.#sign({ name: name.trim(), password }));
      case "code":
        return this.#fields(t.codeTitle, t.codeLead, t.signIn, [["code", t.code, "code"]], async ([code = ""]) => this.#sign({ name: step.name, password: step.password }, code.trim()));
      case "key":
        return this.#fields(t.keyTitle, t.keyLead, t.signIn, [["key", t.key, "password"]], async ([key = ""]) => this.#key(key));
      case "password":
        return this.#fields(t.passwordTitle, t.passwordLead, t.setPassword, [["present", t.present, "password"], ["new", t.next, "password"], ["again", t.again, "password"]], async ([present = "", next = "", again = ""]) => {
          const weak = weakness(present, next, again);
          if (weak !== null) return t.weak[weak];
          return this.#of(await post<{ session: Session }>("session/password", { present, new: next }), ({ session }) => { this.#go(stepOf(session)); });
        });
      case "factor":
        return this.#fields(t.factorTitle, t.factorLead, t.begin, [["password", t.password, "password"]], async ([password = ""]) =>
          this.#of(await post<{ secret: string; uri: string }>("session/totp", { password }), ({ secret, uri }) => { this.#go({ kind: "secret", secret, uri }); }));
      case "secret":
        return this.#fields(t.factorTitle, t.secretLead, t.confirm, [["code", t.code, "code"]], async ([code = ""]) =>
            this.#of(await post<{ recovery_codes: string[]; session: Session }>("session/totp/confirm", { code: code.trim() }), ({ recovery_codes: codes, session }) => { this.#go({ kind: "recovery", codes, session }); }), [
          h("p", { class: "signin-secret", text: step.secret, attrs: { "data-testid": "totp-secret" } }),
          h("p", {}, h("a", { text: t.openApp, attrs: { href: step.uri } })),
        ]);
      case "recovery":
        return [
          h("h1", { text: t.recoveryTitle }), h("p", { text: t.recoveryLead }),
          h("ul", { class: "signin-codes", attrs: { "data-testid": "recovery" } }, ...step.codes.map((code) => h("li", { text: code }))),
          h("button", { class: "dossier-open signin-first", text: t.written, attrs: { type: "button", "data-testid": "recovery-done" }, on: { click: () => { this.#go(stepOf(step.session)); } } }),
        ];
      case "in":
        return [];
    }
  }

  #fields(title: string, lead: string, doing: string, all: readonly (readonly [string, string, Asked])[], send: (values: readonly string[]) => Promise<string | null>, between: readonly HTMLElement[] = []): HTMLElement[] {
    const autocomplete: Readonly<Record<string, string>> = { name: "username", password: "current-password", present: "current-password", new: "new-password", again: "new-password", code: "one-time-code" };
    const inputs = all.map(([name, , kind]) => h("input", { attrs: { type: kind === "password" ? "password" : "text", name, required: "", autocomplete: autocomplete[name] ?? "off", "data-testid": `signin-${name}`, ...(kind === "code" ? { inputmode: "numeric" } : {}) } }));
    const button = h("button", { class: "dossier-open", text: doing, attrs: { type: "submit", "data-testid": "signin-send" } });
    const submit = async (): Promise<void> => {
      button.disabled = true;
      const said = await send(inputs.map((input) => input.value));
      button.disabled = false;
      if (said === null) return;
      this.#said = said;
      this.#node.querySelector("[role=alert]")?.replaceChildren(said);
      inputs.at(-1)?.select();
    };
    const labels = all.map(([, words], at) => h("label", { class: "field" }, h("span", { text: words }), inputs[at] ?? null));
    return [
      h("h1", { text: title }), h("p", { text: lead }), ...between,
      h("form", { class: "signin-form", on: { submit: (event) => {
        event.preventDefault();
        void submit();
      } } }, ...labels, button),
    ];
  }

  async #sign(sent: { name: string; password: string }, code: string | null = null): Promise<string | null> {
    const answer = await post<Session>("session", code === null ? sent : { ...sent, code });
    if (answer.ok) {
      this.#go(stepOf(answer.value));
      return null;
    }
    const next = afterRefusal(this.#step, sent, answer.problem);
    const words = answer.problem.code === "code_wanted" ? "" : problemWords(this.#lang, answer.problem);
    if (next === this.#step) return words;
    this.#go(next, words);
    return null;
  }

  #of<T>(answer: Answer<T>, then: (value: T) => void): string | null {
    if (!answer.ok) return problemWords(this.#lang, answer.problem);
    then(answer.value);
    return null;
  }
}

/** How often a page that is in sight says so, in ms: who watches uses the service, though nothing is typed. */
const SEEN_MS = 60_000;

/** Keeps a session while its page is in sight, and begins again at the sign-in when it has ended. */
export function keepSession(session: Session): void {
  if (session.by !== "session") return;
  const seen = async (): Promise<void> => {
    if (document.hidden) return;
    const answer = await get<Session>(address("session"));
    if (!answer.ok && answer.problem.status === 401) location.reload();
  };
  setInterval(() => { void seen(); }, SEEN_MS);
  document.addEventListener("visibilitychange", () => { void seen(); });
}

/** How often a server that was away when the page was opened is asked who is in, in ms. */
const REACH_MS = 3_000;

/** Until the server has said who is in: what it then has to say, rights or a sign-in, is for a page that begins anew. */
export function untilReached(): void {
  const asked = setInterval(() => {
    void get<Session>(address("session")).then((answer) => {
      if (!answer.ok && answer.problem.status !== 401) return;
      clearInterval(asked);
      if (!answer.ok || answer.value.by !== "open") location.reload();
    });
  }, REACH_MS);
}

/** Who is in, for what, and the way out; nothing on a server that is open to its own machine. */
export function signedInBar(session: Session): HTMLElement | null {
  if (session.by !== "session") return null;
  const words = h("span", {});
  const out = h("button", { class: "plain", attrs: { type: "button", "data-testid": "sign-out" }, on: { click: () => {
    void post("session", null, "DELETE").then(() => { location.reload(); });
  } } });
  const node = h("aside", { class: "signed-in", attrs: { "data-testid": "signed-in" } }, words, out);
  let { names } = NO_PLACES;
  const draw = (): void => {
    const lang = storedLang();
    const { signIn: t, access: ofAccess } = catalogue(lang);
    const part = partWords(lang, access(), names);
    setText(words, [session.who, roleWords(lang, session), ...(part === "" ? [] : [ofAccess.only(part)])].join(" · "));
    setText(out, t.signOut);
    setAttr(node, "aria-label", t.whoIsIn);
  };
  followLang(draw);
  if (isBounded(access())) void loadPlaces().then((places) => {
    names = places.names;
    draw();
  });
  draw();
  return node;
}
