import { defineConfig } from "vitest/config";

const backend = process.env["VONGLAU_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
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
