import { statSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import about from './package.json' with { type: 'json' };
import { HEADERS, POLICY } from './src/service/policy';
import { buildHash } from './tools/buildHash';
import { firstVisit } from './tools/firstVisit';
import { exportScript } from './tools/exportScript';
import { licences } from './tools/licences';
import { workerChunk } from './tools/workerChunk';

/** The policy as the first element of the built page; the development server needs inline styles. */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
      injectTo: 'head-prepend',
    },
  ],
};

/** Told before the app's own files are read: a browser that is too old can't read them. */
const browserCheck: Plugin = {
  name: 'browser-check',
  transformIndexHtml: () => [
    { tag: 'script', attrs: { src: './browser.js', defer: true }, injectTo: 'head-prepend' },
  ],
};

/** The worker starts once the service worker is in control; its code can come meanwhile. */
const workerAhead: Plugin = {
  name: 'worker-ahead',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => /scoring[.-][^/]*\.js$/.test(file))
        .map((file) => ({ tag: 'link', attrs: { rel: 'prefetch', href: `./${file}` }, injectTo: 'head' })),
  },
};

const first = firstVisit();
const chunk = workerChunk();

/** The shell is precached; bundles go to IndexedDB, the engine's wasm is kept at first use. */
const offline = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'workers',
  filename: 'service.worker.ts',
  injectRegister: false,
  // The icon is in the list below already.
  includeManifestIcons: false,
  manifest: {
    name: 'Scoredesk',
    short_name: 'Scoredesk',
    description: 'A credit-scoring workspace that runs wholly in your browser.',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#191a1c',
    icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' }],
  },
  injectManifest: {
    globPatterns: ['**/*.{html,js,css,woff2,svg}', 'licences.json', 'assets/duckdb-*.wasm'],
    globIgnores: ['bundles/**'],
    // DuckDB's wasm is among them: kept when somebody makes features.
    maximumFileSizeToCacheInBytes: 40e6,
    // What no first visit needs is marked: the service worker keeps it afterwards.
    manifestTransforms: [
      (entries) => ({
        manifest: entries.map((entry) => ({
          ...entry,
          ...(first.isLate(entry.url) ? { late: true } : {}),
          ...(/assets\/duckdb-/.test(entry.url) ? { asked: true } : {}),
        })),
        warnings: [],
      }),
    ],
  },
});

const libraries = licences();

/** The app: a static site that works under any path. */
export default defineConfig({
  base: './',
  define: {
    __APP_VERSION__: JSON.stringify(about.version),
    __BUILD__: JSON.stringify(buildHash()),
    __ENGINE_BYTES__: statSync('node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm').size,
  },
  plugins: [
    svelte(),
    browserCheck,
    contentSecurityPolicy,
    workerAhead,
    libraries.page,
    exportScript,
    first.page,
    offline,
  ],
  preview: { headers: HEADERS },
  build: { target: 'es2022', outDir: 'dist', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  worker: {
    format: 'es',
    plugins: () => [...libraries.workers(), ...first.worker(), chunk.plugin],
    rolldownOptions: { output: { advancedChunks: { groups: [chunk.group] } } },
  },
});
