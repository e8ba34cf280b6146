// Which of the two sets of colours holds, before anything is painted: a script of the head that is waited for, and a file
// of its own because the policy allows no inline code. `src/theme/theme.ts` goes on with it, and a test keeps the two in step.
{
  let setting = null;
  try {
    setting = localStorage.getItem("vonglau.theme");
  } catch {
    // A browser may forbid storage; the page is then as the system is.
  }
  if (setting === "light" || setting === "dark") {
    const { style } = document.documentElement;
    // The bare ground, too, until the stylesheets say it: on paper it is another.
    style.colorScheme = setting;
    addEventListener("load", () => { style.colorScheme = ""; });
    for (const node of document.querySelectorAll("[data-theme]")) {
      const holds = node.dataset.theme === setting ? "all" : "not all";
      const isSheet = node.localName === "link";
      node.media = isSheet && holds === "not all" ? "print" : holds;
      if (!isSheet || holds !== "all" || node.sheet) continue;
      // A browser does not wait for a stylesheet that did not hold when it was read. What would be painted without it has the
      // other colours: nothing is shown until it is there, or cannot be had, or has kept us waiting long enough.
      style.visibility = "hidden";
      const shown = () => { style.visibility = ""; };
      node.addEventListener("load", shown);
      node.addEventListener("error", shown);
      setTimeout(shown, 3000);
    }
  }
}
