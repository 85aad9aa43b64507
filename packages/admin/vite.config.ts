import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Two pages with what they share in common files, into the server's own build. `scripts/build-pages.mjs` runs it. */
export default defineConfig({
  root: here('.'),
  // Relative, for the server says in each page where it is mounted: below a proxy that is not the root.
  base: './',
  // The server puts the nonce of each answer here.
  html: { cspNonce: '__NONCE__' },
  build: {
    target: 'es2022',
    outDir: here('../server/dist/site'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: [here('account.html'), here('admin.html')],
      // Mantine marks each file for servers that render React: nothing to us.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  resolve: { alias: { 'latchkey-client': here('../client/src/index.ts') } },
});
