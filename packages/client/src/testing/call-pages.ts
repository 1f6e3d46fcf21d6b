import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Where the pages of `sdk-page.ts` and `v2-page.html` are served. */
export interface CallPages {
  readonly sdk: string
  readonly v2: string
  readonly close: () => void
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const require = createRequire(import.meta.url)

const sdkHtml = `<!doctype html><meta charset="utf-8" />
<link rel="icon" href="data:," />
<script type="module" src="watch-media.js"></script>
<script type="module" src="sdk-page.js"></script>`

let bundled: Promise<Map<string, string | Uint8Array>> | undefined

/** Bundles the SDK as an application would, the part for calls a file of its own. */
async function bundle(): Promise<Map<string, string | Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [here('sdk-page.ts'), here('watch-media.ts')],
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    conditions: ['@dowellchat/source'],
    write: false,
  })
  const files = new Map<string, string | Uint8Array>(
    outputFiles.map(({ path, contents }) => [path, contents]),
  )
  files.set('/sdk.html', sdkHtml)
  files.set('/v2.html', await readFile(here('v2-page.html')))
  files.set('/socket.io.js', await readFile(require.resolve('socket.io-client/dist/socket.io.js')))
  files.set('/simplepeer.min.js', await readFile(require.resolve('simple-peer/simplepeer.min.js')))
  return files
}

/** Serves the pages on a secure origin, without which a browser has no calls. */
export async function serveCallPages(): Promise<CallPages> {
  bundled ??= bundle()
  const files = await bundled
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const body = files.get(pathname)
    response.setHeader('content-type', pathname.endsWith('.js') ? 'text/javascript' : 'text/html')
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { sdk: `${origin}/sdk.html`, v2: `${origin}/v2.html`, close: () => server.close() }
}
