import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import { SENT as ACCOUNT } from './src/account/sent.ts';
import { SENT as ADMIN } from './src/admin/sent.ts';
import { sentIn } from './src/shared/sent-page.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The script that each page has in itself, and the pages that are sent to strangers in its HTML. */
const SITES = {
  'account.html': { early: 'src/account/early.ts', sent: ACCOUNT },
  'admin.html': { early: 'src/shared/early.ts', sent: ADMIN },
};

/** A script as it can stand in a page, without anything to fetch. */
async function inlineScript(path: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'es2022',
      write: false,
      modulePreload: false,
      rolldownOptions: { input: here(path), output: { format: 'iife' } },
    },
  });
  const output = 'output' in built ? built.output : [];
  const code = output.map((one) => (one.type === 'chunk' ? one.code : '')).join('');
  if (code === '' || code.includes('</')) throw new Error(`${path} is no script to stand in a page`);
  return code.trim();
}

/** Puts the early script into each page, and writes the pages whose form is in the HTML beside it, in `stranger/`. */
const firstPages: Plugin = {
  name: 'first-pages',
  enforce: 'post',
  transformIndexHtml: async (_html, { path }) => {
    const site = SITES[path.slice(1) as keyof typeof SITES];
    return [{ tag: 'script', children: await inlineScript(site.early), injectTo: 'head' }];
  },
  generateBundle(_options, bundle) {
    for (const [file, { sent }] of Object.entries(SITES)) {
      const page = bundle[file];
      if (page?.type !== 'asset') throw new Error(`${file} was not built`);
      for (const one of sent)
        this.emitFile({
          type: 'asset',
          fileName: `stranger/${one.name}.html`,
          source: sentIn(page.source.toString(), one),
        });
    }
  },
};

/** Two pages with what they share in common files, into the server's own build. `scripts/build-pages.mjs` runs it. */
export default defineConfig({
  root: here('.'),
  // Relative, for the server says in each page where it is mounted: below a proxy that is not the root.
  base: './',
  // The server puts the nonce of each answer here.
  html: { cspNonce: '__NONCE__' },
  plugins: [firstPages],
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
