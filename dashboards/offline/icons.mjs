// Draws the icons of the app as PNG from the two drawings: `npm run icons`, when one of them has changed.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const ICONS = [["public/icon.svg", 192, "icon-192"], ["public/icon.svg", 512, "icon-512"], ["offline/icon-maskable.svg", 512, "icon-maskable-512"], ["offline/icon-maskable.svg", 180, "icon-180"]];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless", "--no-sandbox"] });
for (const [drawing, size, name] of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const source = `data:image/svg+xml;base64,${readFileSync(drawing).toString("base64")}`;
  await page.setContent(`<style>body{margin:0}img{display:block;width:${size}px}</style><img src="${source}">`);
  await page.locator("img").evaluate((img) => img.decode());
  await page.screenshot({ path: `public/${name}.png`, omitBackground: true });
}
await browser.close();
