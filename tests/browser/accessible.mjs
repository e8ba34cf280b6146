// What a page must hold for people who hear it, who use no mouse, or who see little contrast. Looked at as the browser
// computes it: the accessibility tree, styles in force, and what has the focus.
import assert from "node:assert/strict";

/** What can be acted on, and must say what it is. */
const ACTED_ON = new Set(["button", "link", "textbox", "searchbox", "combobox", "listbox", "option", "checkbox", "switch", "tab", "dialog", "group", "img"]);

/** Everything that can be acted on, and every group and picture, has a name. */
export async function named(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const nameless = [];
  for (const { ignored, role, name, backendDOMNodeId } of nodes) {
    if (ignored || !ACTED_ON.has(role?.value) || (name?.value ?? "").trim() !== "") continue;
    const { node } = await session.send("DOM.describeNode", { backendNodeId: backendDOMNodeId });
    // What folds out is a group to the tree; its summary says what it is.
    if (node.localName !== "details") nameless.push(`${role.value} ${node.localName} ${(node.attributes ?? []).join(" ")}`);
  }
  await session.detach();
  assert.deepEqual(nameless, [], "what can be acted on has a name");
  return nodes.filter(({ ignored }) => !ignored).length;
}

/** The texts in sight whose contrast is under 4.5:1, or 3:1 where they are large (WCAG 2.2, 1.4.3). */
export const faint = (page) => page.evaluate(async () => {
  // A colour on its way to another is neither.
  await Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished));
  const channels = (text) => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => { const v = value / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = ({ rgb, a }, ground) => rgb.map((value, i) => value * a + ground[i] * (1 - a));
  const root = channels(getComputedStyle(document.documentElement).backgroundColor).rgb;
  // Opacity is of an element with all that it holds: its text comes nearer to what lies under it.
  const seen = (element) => {
    const line = [];
    for (let one = element; one !== null; one = one.parentElement) line.unshift(getComputedStyle(one));
    let [ground, text] = [root, root];
    const faded = [];
    for (const style of line) {
      const opacity = Number(style.opacity);
      if (opacity < 1) faded.push({ opacity, ground });
      ground = over(channels(style.backgroundColor), ground);
    }
    text = over(channels(getComputedStyle(element).color), ground);
    for (const { opacity, ground: under } of faded.reverse()) [text, ground] = [text, ground].map((rgb) => over({ rgb, a: opacity }, under));
    const [a, b] = [light(text), light(ground)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.textContent.trim() === "" || element.closest("[hidden], script, style, option, svg, .hidden-title, :disabled") !== null || !element.checkVisibility({ checkVisibilityCSS: true })) continue;
    const { fontSize, fontWeight } = getComputedStyle(element);
    const size = parseFloat(fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
    const contrast = seen(element);
    if (contrast < least) found.set(`${element.tagName.toLowerCase()}.${element.className}`, `${contrast.toFixed(2)}:1 “${node.textContent.trim().slice(0, 40)}”`);
  }
  return [...found].map(([where, what]) => `${where} ${what}`);
});

/** Texts in sight that are cut off, of those that a selector finds. */
export const cut = (page, selector) => page.evaluate((wanted) => [...document.querySelectorAll(wanted)]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.className}: ${one.textContent.slice(0, 60)} (${one.scrollWidth} px in ${one.clientWidth})`), selector);

/** Goes on by Tab, and gives back what had the focus at each step; each must be seen to have it. */
export async function tabbed(page, steps) {
  const all = [];
  for (let i = 0; i < steps; i += 1) {
    await page.keyboard.press("Tab");
    const one = await page.evaluate(() => {
      const focus = document.activeElement;
      if (focus === null || focus === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(focus);
      const { width, height } = focus.getBoundingClientRect();
      return { what: focus.dataset.testid ?? (focus.textContent.trim().slice(0, 30) || focus.tagName), isOutlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, isSeen: width > 0 && height > 0 };
    });
    if (one === null) break;
    assert.ok(one.isOutlined && one.isSeen, `the focus is seen on ${JSON.stringify(one)}`);
    all.push(one.what);
  }
  return all;
}

/** Nothing moves for those who ask for that. */
export async function still(page) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const moving = await page.evaluate(() => document.getAnimations().map((one) => one.effect?.target?.className ?? "").concat(
    [...document.querySelectorAll("*")].filter((one) => getComputedStyle(one).transitionDuration.split(",").some((time) => parseFloat(time) > 0)).map((one) => one.className)));
  await page.emulateMedia({ reducedMotion: null });
  assert.deepEqual(moving, [], "nothing moves");
}
