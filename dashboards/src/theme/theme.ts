/**
 * Which set of colours holds: as the system has it, light, or dark; kept between visits. The light set is a stylesheet of
 * the page's head, and its `media` says when it holds: on paper always, and on the screen as it is chosen. So the browser
 * itself follows the system, and `public/theme.js` can say what was chosen before anything is painted.
 */
export const SETTINGS = ["system", "light", "dark"] as const;
export type Setting = (typeof SETTINGS)[number];

const STORED_AS = "vonglau.theme";
const PRINT = "print";

/** When what is `theme`'s holds; a stylesheet holds on paper too. Pure. */
export function mediaOf(setting: Setting, theme: string, isSheet: boolean): string {
  if (setting === "system") return `${isSheet ? `${PRINT}, ` : ""}(prefers-color-scheme: ${theme})`;
  if (setting === theme) return "all";
  return isSheet ? PRINT : "not all";
}

/** What a press of the button leads to. Pure. */
export const nextOf = (setting: Setting): Setting => SETTINGS[(SETTINGS.indexOf(setting) + 1) % SETTINGS.length] ?? "system";

export function storedTheme(): Setting {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return SETTINGS.find((one) => one === stored) ?? "system";
  } catch {
    return "system";
  }
}

const followers = new Set<() => void>();
const tell = (): void => { for (const told of followers) told(); };

/** Calls `told` whenever the colours in force may be others: chosen, or changed by the system, or those of paper. */
export function followTheme(told: () => void): void {
  if (followers.size === 0) for (const query of ["(prefers-color-scheme: light)", PRINT]) matchMedia(query).addEventListener("change", tell);
  followers.add(told);
}

export function storeTheme(setting: Setting): void {
  try {
    localStorage.setItem(STORED_AS, setting);
  } catch {
    // Not kept, and nothing else lost.
  }
  for (const node of document.querySelectorAll<HTMLLinkElement | HTMLMetaElement>("head [data-theme]")) {
    node.media = mediaOf(setting, node.dataset["theme"] ?? "", node instanceof HTMLLinkElement);
  }
  tell();
}
