import { fileURLToPath } from 'node:url'
import { type ServedFiles, serveFiles } from '@dowellchat/browser'
import { build } from 'esbuild'

const pageOf = (names: readonly string[]): string => `<!doctype html><meta charset="utf-8" />
<link rel="icon" href="data:," />
<body>${names.map((name) => `<script type="module" src="${name}.js"></script>`).join('')}</body>`

/** What may run in the page: the SDK alone, or its hooks too. */
const contents = { 'sdk-page': ['sdk-page'], 'call-hooks-page': ['sdk-page', 'call-hooks-page'] } as const

export type SdkPageName = keyof typeof contents

const bundled = new Map<SdkPageName, Promise<ReadonlyMap<string, string | Uint8Array>>>()

/** Bundles the SDK as an application would, with the part for calls in its own file. */
async function bundle(name: SdkPageName): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: contents[name].map((file) => `./${file}`),
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    resolveExtensions: ['.ts', '.tsx', '.js'],
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    conditions: ['@dowellchat/source'],
    write: false,
  })
  return new Map<string, string | Uint8Array>([
    ['/', pageOf(contents[name])],
    ...outputFiles.map(({ path, contents }) => [path, contents] as const),
  ])
}

/** Serves the page of `sdk-page.ts` on a secure origin, which browsers require for calls. */
export async function serveSdkPage(name: SdkPageName = 'sdk-page'): Promise<ServedFiles> {
  const made = bundled.get(name) ?? bundle(name)
  bundled.set(name, made)
  return serveFiles(await made)
}
