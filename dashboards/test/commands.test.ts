/** What the handbooks and the operator's papers name must exist: commands, subcommands, options, settings of the environment, files, roles. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const COMMANDS = join(ROOT, "api/src/commands");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const kebab = (name: string): string => name.replace(/_/g, "-").replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

function sources(path: string): string {
  if (!existsSync(path)) return "";
  if (!statSync(path).isDirectory()) return readFileSync(path, "utf8");
  return readdirSync(path).map((name) => sources(join(path, name))).join("\n");
}

/** Names of the fields that clap takes as `--options`. */
function options(text: string): Set<string> {
  const args = text.matchAll(/#\[arg\(([\s\S]*?)\)\]\s*(?:\/\/\/[^\n]*\s*)*(?:pub(?:\([^)]*\))?\s+)?(\w+)\s*:/g);
  return new Set([...args].filter(([, attribute = ""]) => /\blong\b/.test(attribute)).map(([, attribute = "", field = ""]) => /\blong = "([^"]+)"/.exec(attribute)?.[1] ?? kebab(field)));
}

const variants = (body: string): [string, string][] => [...body.matchAll(/^ {4}([A-Z]\w*)(?:\(([^)]*)\))?,$/gm)].map(([, name = "", args = ""]) => [kebab(name), args]);

interface Command {
  readonly subcommands: ReadonlySet<string>;
  readonly options: ReadonlySet<string>;
}

/** Every command with its subcommands and options; those that any command may have are in `mod.rs` and `scoped.rs`. */
function known(): ReadonlyMap<string, Command> {
  const top = readFileSync(join(COMMANDS, "mod.rs"), "utf8");
  const shared = [...options(top), ...options(sources(join(COMMANDS, "scoped.rs"))), ...options(sources(join(COMMANDS, "asked.rs")))];
  const body = /enum Command \{([\s\S]*?)\n\}/.exec(top)?.[1] ?? "";
  return new Map(variants(body).map(([name, args]) => {
    const module = /(\w+)::/.exec(args)?.[1] ?? name;
    const text = sources(join(COMMANDS, `${module}.rs`)) + sources(join(COMMANDS, module));
    const enums = [...text.matchAll(/Subcommand[^\]]*\)\](?:\s*#\[[^\]]*\])*\s*(?:pub(?:\([^)]*\))?\s+)?enum \w+ \{([\s\S]*?)\n\}/g)];
    return [name, { subcommands: new Set(enums.flatMap(([, one = ""]) => variants(one).map(([sub]) => sub))), options: new Set([...shared, ...options(text), "help"]) }];
  }));
}

const COMMAND = known();

/** Every call of the program in blocks of code and between backticks, as words; what stands in a comment is none. */
function calls(text: string): string[][] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.replace(/\\\n/g, " ").split("\n"));
  const inline = [...text.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  const lines = [...blocks.map((line) => line.replace(/(^|\s)#.*/, "")), ...inline];
  return lines.flatMap((line) => [...line.matchAll(/(?:^|[;|&])\s*(?:sudo\s+)?(?:[A-Z_]+=\S+\s+)*(?:\/usr\/local\/bin\/)?vonglau\s+([^;|&]+)/g)].map(([, call = ""]) => call.trim().split(/\s+/)));
}

const BOOKS = ["docs/handbook/operator.vi.md", "docs/handbook/operator.en.md", "docs/handbook/user.vi.md", "docs/handbook/user.en.md"];
const PAPERS = ["README.md", ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

test("the sources are read: a command, a subcommand, an option of its own and a shared one", () => {
  expect(COMMAND.get("account")?.subcommands).toContain("create");
  expect(COMMAND.get("copy-store")).toBeDefined();
  expect([...(COMMAND.get("serve")?.options ?? [])]).toEqual(expect.arrayContaining(["hosts", "tls-cert", "behind-tls", "data", "max-journal-bytes"]));
  expect(COMMAND.get("account")?.options).toContain("totp");
  expect(COMMAND.get("doctor")?.options).not.toContain("totp");
  expect(calls("`vonglau a --b`, `x`\n```sh\nvonglau c d   # vonglau e\nx; vonglau f\n```")).toEqual([["c", "d"], ["f"], ["a", "--b"]]);
});

describe.each([...BOOKS, ...PAPERS])("%s", (path) => {
  const text = read(path);

  test("names commands and options that exist", () => {
    for (const [name = "", ...words] of calls(text)) {
      if (/^(?:\p{Lu}+$|--|…)/u.test(name)) continue;
      const call = `vonglau ${[name, ...words].join(" ")}`;
      const command = COMMAND.get(name);
      expect(command, call).toBeDefined();
      const [sub = ""] = words;
      if (command !== undefined && command.subcommands.size > 0 && sub !== "" && !sub.startsWith("-")) expect([...command.subcommands], call).toContain(sub);
      for (const word of words.filter((one) => /^--[a-z]/.test(one))) expect([...(command?.options ?? [])], call).toContain(/^--([a-z0-9-]+)/.exec(word)?.[1]);
    }
  });
});

describe.each(BOOKS)("%s", (path) => {
  const text = read(path);
  const named = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, one = ""]) => one);

  test("names options by themselves that some command has", () => {
    const all = new Set([...COMMAND.values()].flatMap((one) => [...one.options]));
    for (const option of named(/`--([a-z-]+)/g)) expect(all, option).toContain(option);
  });

  test("names files, roles and settings of the environment that exist", () => {
    for (const file of named(/`(deploy\/[^`]+)`/g)) expect(existsSync(join(ROOT, file)), file).toBe(true);
    const roles = read("api/src/doors/role.rs");
    for (const role of named(/--role (\w+)/g)) expect(roles, role).toContain(`"${role}"`);
    const all = sources(COMMANDS);
    for (const setting of named(/(VONGLAU_[A-Z_]+)/g)) expect(all, setting).toContain(`"${setting}"`);
    const makefile = read("Makefile");
    for (const target of named(/(?:^|`)make (\w+)/gm)) expect(makefile, target).toMatch(new RegExp(`^${target}:`, "m"));
  });
});
