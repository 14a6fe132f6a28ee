import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Bundles the page into dist/src/web, where src/http/routes/page.ts serves it from. */
export default defineConfig({
  root: 'src/web',
  base: '/page/',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: '../../dist/src/web',
    // `npm run race` rebuilds while the server runs, which must not lose its files for a moment.
    emptyOutDir: false,
    // The page's content security policy forbids data: URIs and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
  plugins: [stylesLast(), precompress()],
});

/**
 * Moves the style sheet behind the content of index.html. In the head it delays the first paint: on a
 * network of 400 ms and 50 KB/s from 0.5 to 1.2 seconds. Scripts wait for it all the same.
 */
function stylesLast(): Plugin {
  const link = /\s*<link rel="stylesheet"[^>]*>/g;
  return {
    name: 'styles-last',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const links = html.match(link) ?? [];
        return html.replace(link, '').replace('</body>', `${links.join('').trim()}\n</body>`);
      },
    },
  };
}

/** Writes `FILE.gz` beside each file, so that the server compresses nothing. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const source = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 });
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source });
        }
      },
    },
  };
}
