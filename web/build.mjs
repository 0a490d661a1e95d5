// Builds the five pages' files into api/static/, the same bytes every time (see FACTS: NODE_ENV is pinned by the npm script).
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "vite";

const here = import.meta.dirname;
// check_built.sh builds elsewhere, to compare.
const out = resolve(here, process.env.CONCIERGE_STATIC ?? "../api/static");
const common = { configFile: false, logLevel: "warn", publicDir: false, define: { "process.env.NODE_ENV": '"production"' } };
const plain = { target: "es2020", sourcemap: false, modulePreload: false, reportCompressedSize: false };

/** One page: an index.html with hashed scripts and styles beside it, nothing inline. */
async function page(name, base) {
  await build({
    ...common,
    root: resolve(here, name),
    base,
    build: { ...plain, outDir: resolve(out, name), emptyOutDir: true, assetsInlineLimit: 0 },
  });
}

/** The loader is one classic script that any host page can include: an IIFE, its styles inside it. */
async function loader() {
  await build({
    ...common,
    root: here,
    build: {
      ...plain,
      outDir: out,
      emptyOutDir: false,
      lib: { entry: resolve(here, "widget/loader.ts"), formats: ["iife"], name: "ConciergeLoader", fileName: () => "widget.js" },
    },
  });
}

rmSync(resolve(out, "widget.js"), { force: true });
await page("widget", "./");
await page("console", "./");
await page("company", "./");
await page("demo", "/demo/"); // served at "/", its files at /demo/
await loader();
