/** Whoever wants to look for something says so here; the one search box hears it. */
let open: () => void = () => undefined;

export const askSearch = (): void => { open(); };

export function hearSearch(run: () => void): void {
  open = run;
}
