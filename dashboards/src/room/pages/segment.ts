/** Ways of looking side by side, of which one is chosen; what is not open to whoever is in is not among them. */
import { h, setAttr, setText } from "../../ui/dom.ts";

interface Segment<K extends string> {
  readonly node: HTMLElement;
  update(label: string, words: Readonly<Record<K, string>>, chosen: K): void;
}

export function segment<K extends string>(keys: readonly K[], testid: string, choose: (key: K) => void, isOpen: (key: K) => boolean = () => true): Segment<K> {
  const buttons = keys.filter(isOpen).map((key) => ({
    key,
    node: h("button", { attrs: { type: "button", "data-testid": `${testid}-${key}` }, on: { click: () => { choose(key); } } }),
  }));
  const node = h("div", { class: "segment", attrs: { role: "group" } }, ...buttons.map(({ node: button }) => button));
  return {
    node,
    update(label, words, chosen) {
      setAttr(node, "aria-label", label);
      for (const { key, node: button } of buttons) {
        setText(button, words[key]);
        setAttr(button, "aria-pressed", String(key === chosen));
      }
    },
  };
}
