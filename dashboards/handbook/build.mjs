// Makes the handbooks of `docs/handbook/`, and the pages of `docs/` that they point at, into pages of the build: one HTML file each beside
// one style sheet and the pictures, served under `/handbook/`. Run after `vite build`, which empties the folder.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Marked } from "marked";

const DOCS = join(import.meta.dirname, "../../docs");
const OUT = join(import.meta.dirname, "../dist/handbook");
/** Pages beside the handbooks that they point at; any other page of `docs/` is named and not linked. */
const BESIDE = ["operations", "personal-data", "runbooks", "security"];

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

/** The anchor of a heading, as GitHub makes it, so that links hold in both. */
export const slug = (text) => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\s-]/gu, "").trim().replace(/\s/g, "-");

/** Where a link leads in the build; `null` where there is no such page in it. */
export function target(href) {
  if (/^(https?:|#)/.test(href)) return href;
  const match = /^(?:\.\.\/|\.\/)?(?:handbook\/)?([\w.-]+)\.md(#.*)?$/.exec(href);
  if (match === null) return null;
  const [, name = "", anchor = ""] = match;
  return BESIDE.includes(name) || /^(user|operator)\.(vi|en)$/.test(name) ? `${name}.html${anchor}` : null;
}

export function pageOf(source, { lang, others }) {
  const heads = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = slug(text);
        if (depth === 2) heads.push({ id, text });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const to = target(href);
        const words = this.parser.parseInline(tokens);
        return to === null ? words : `<a href="${escaped(to)}">${words}</a>`;
      },
      // Addresses of the app lead into it.
      codespan({ text }) {
        const code = `<code>${escaped(text)}</code>`;
        return /^#\/[\w/?=&.-]*$/.test(text) ? `<a href="/${escaped(text)}">${code}</a>` : code;
      },
      image({ href, text }) {
        return `<figure><img src="${escaped(href)}" alt="${escaped(text)}" loading="lazy"><figcaption>${escaped(text)}</figcaption></figure>`;
      },
      html({ text }) {
        return escaped(text);
      },
    },
  });
  const body = marked.parse(source).replace(/<p>(<figure>.*?<\/figure>)<\/p>/gs, "$1").replace(/<table>/g, '<div class="table" tabindex="0"><table>').replace(/<\/table>/g, "</table></div>");
  const title = /^# (.*)$/m.exec(source)?.[1] ?? "Vọng Lâu";
  const label = lang === "vi" ? "Mục lục" : "Contents";
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="handbook.css">
</head>
<body>
<nav aria-label="${label}">
<p>${others.map(({ href, text, hreflang }) => `<a href="${href}" hreflang="${hreflang}" lang="${hreflang}">${text}</a>`).join(" · ")}</p>
<ol>
${heads.map(({ id, text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`).join("\n")}
</ol>
</nav>
<main>
${body}</main>
</body>
</html>
`;
}

const WORDS = {
  "user.vi": "Sổ tay người dùng", "operator.vi": "Sổ tay người vận hành", "user.en": "User's handbook", "operator.en": "Operator's handbook",
};

export function build() {
  mkdirSync(OUT, { recursive: true });
  const books = readdirSync(join(DOCS, "handbook")).filter((name) => name.endsWith(".md")).map((name) => name.slice(0, -3));
  const others = [{ href: "/#/guide", text: "Vọng Lâu", hreflang: "vi" }, ...books.map((name) => ({ href: `${name}.html`, text: WORDS[name] ?? name, hreflang: name.split(".")[1] ?? "en" }))];
  for (const name of books) writeFileSync(join(OUT, `${name}.html`), pageOf(readFileSync(join(DOCS, "handbook", `${name}.md`), "utf8"), { lang: name.split(".")[1] ?? "en", others }));
  for (const name of BESIDE) writeFileSync(join(OUT, `${name}.html`), pageOf(readFileSync(join(DOCS, `${name}.md`), "utf8"), { lang: "en", others }));
  cpSync(join(DOCS, "handbook/img"), join(OUT, "img"), { recursive: true });
  cpSync(join(import.meta.dirname, "handbook.css"), join(OUT, "handbook.css"));
}

if (process.argv[1] === import.meta.filename) build();
