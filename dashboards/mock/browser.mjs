// Starts the mock and a headless browser on it; used by the check and the screenshots.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

export async function startMock(port, env = {}) {
  const script = join(dirname(fileURLToPath(import.meta.url)), "server.mjs");
  const mock = spawn(process.execPath, [script], { env: { ...process.env, PORT: String(port), ...env }, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((done, failed) => { mock.stdout.once("data", done); mock.once("exit", () => failed(new Error("the mock did not start"))); });
  // Also when a check fails half-way: no mock is left behind on its port.
  process.once("exit", () => mock.kill());
  const at = `http://127.0.0.1:${port}`;
  return { at, order: (path) => fetch(`${at}/mock/${path}`, { method: "POST" }), stop: () => mock.kill() };
}

export const startBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** A page that writes down what it should not do: errors, warnings, requests to other hosts. */
export async function newPage(browser, viewport, complaints, name = "page") {
  const context = await browser.newContext({ viewport, locale: "vi-VN", timezoneId: "UTC" });
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(`${name}: ${message.text()}`); });
  page.on("pageerror", (error) => complaints.push(`${name}: ${error}`));
  page.on("request", (request) => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) complaints.push(`${name}: asked ${request.url()}`); });
  return page;
}

export async function openRoom({ port, viewport, env = {} }) {
  const { at, order, stop } = await startMock(port, env);
  const browser = await startBrowser();
  const complaints = [];
  const page = await newPage(browser, viewport, complaints);
  await page.goto(at);
  return { page, order, complaints, close: async () => { await browser.close(); stop(); } };
}
