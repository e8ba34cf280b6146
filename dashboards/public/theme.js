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
    for (const node of document.querySelectorAll("[data-theme]")) {
      const holds = node.dataset.theme === setting ? "all" : "not all";
      node.media = node.localName === "link" && holds === "not all" ? "print" : holds;
    }
  }
}
