import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server for files, on a secure origin. */
export interface ServedFiles {
  readonly url: string
  readonly close: () => void
}

/** Serves texts and bytes by their path. */
export async function serveFiles(files: ReadonlyMap<string, string | Uint8Array>): Promise<ServedFiles> {
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const body = files.get(pathname)
    response.setHeader('content-type', pathname.endsWith('.js') ? 'text/javascript' : 'text/html')
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() }
}
