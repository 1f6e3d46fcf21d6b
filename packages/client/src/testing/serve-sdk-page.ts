import { fileURLToPath } from 'node:url'
import { type ServedFiles, serveFiles } from '@dowellchat/browser'
import { build } from 'esbuild'

const entry = fileURLToPath(new URL('sdk-page.ts', import.meta.url))

const html = `<!doctype html><meta charset="utf-8" />
<link rel="icon" href="data:," />
<script type="module" src="sdk-page.js"></script>`

let bundled: Promise<ReadonlyMap<string, string | Uint8Array>> | undefined

/** Bundles the SDK as an application would, with the part for calls in its own file. */
async function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    conditions: ['@dowellchat/source'],
    write: false,
  })
  return new Map<string, string | Uint8Array>([
    ['/', html],
    ...outputFiles.map(({ path, contents }) => [path, contents] as const),
  ])
}

/** Serves the page of `sdk-page.ts` on a secure origin, which browsers require for calls. */
export async function serveSdkPage(): Promise<ServedFiles> {
  bundled ??= bundle()
  return serveFiles(await bundled)
}
