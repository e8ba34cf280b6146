/** `#planner` is short for `#/planner`, where a page's address has its slash. */
const SHORT = /^#planner(?=$|\?)/;

/** The address a short one stands for; what is none stands as it is. Pure. */
export const longHash = (hash: string): string => hash.replace(SHORT, "#/planner");

export function followShort(): void {
  const mend = (): void => {
    const long = longHash(location.hash);
    if (long !== location.hash) history.replaceState(null, "", long);
  };
  window.addEventListener("hashchange", mend);
  mend();
}
