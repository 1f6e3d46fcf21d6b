import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const html = `<!doctype html><meta charset="utf-8" />
<link rel="icon" href="data:," />
<body><script type="module" src="page.js"></script></body>`

/** The page of `long-list-page.tsx`, by path, as an application would build it. */
export async function bundleLongList(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { page: fileURLToPath(new URL('long-list-page.tsx', import.meta.url)) },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    conditions: ['@dowellchat/source'],
    write: false,
  })
  return new Map([['/', html], ...outputFiles.map(({ path, text }) => [path, text] as const)])
}
