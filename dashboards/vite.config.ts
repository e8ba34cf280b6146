import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const backend = process.env["VONGLAU_URL"] ?? "http://127.0.0.1:8080";

/** Files of the shell that stand in `public/`, under names that stay the same. */
const STANDING = ["/theme.js", "/watchtower.svg", "/manifest.webmanifest", "/icon-192.png"];
/** The map is kept once it has come, not before: it is larger than all the rest. */
const LATER = /maplibre|waits/;

/** Writes the service worker with the files of this build and their name. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/") && !LATER.test(name)).map((name) => `/${name}`).sort();
      const shell = ["/", ...STANDING, ...assets];
      const of = createHash("sha256").update(Object.keys(bundle).sort().join());
      for (const path of ["index.html", "offline/worker.js", ...STANDING.map((name) => `public${name}`)]) of.update(readFileSync(path));
      const source = readFileSync("offline/worker.js", "utf8").replace("__BUILD__", of.digest("hex").slice(0, 16)).replace("__SHELL__", JSON.stringify(shell));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

export default defineConfig({
  plugins: [offline()],
  build: {
    target: "es2022",
    // Nothing is inlined as `data:`, so that the page runs under a policy of same-origin files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // MapLibre alone is over the default warning; it is one chunk, cached apart from our code.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      input: { index: "index.html", waits: "waits.html" },
      output: {
        codeSplitting: { groups: [{ name: "maplibre", test: /node_modules[\\/](maplibre-gl|@maplibre|@mapbox)/ }] },
      },
    },
  },
  server: {
    proxy: {
      // The server takes what a page posts only from a page of its own: the host stays the one that the page has.
      "/api": { target: backend, changeOrigin: false },
      "/ws": { target: backend, ws: true },
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
  },
});
