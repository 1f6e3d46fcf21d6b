import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { isAllowed, type Origins } from './origins.ts'

/** A middleware of engine.io. It runs for every polling request and every upgrade, whose response is only a stand-in. */
export type Guard = (
  request: IncomingMessage,
  response: ServerResponse | { readonly socket: Socket },
  next: () => void,
) => void

export interface GuardOptions {
  readonly origins: Origins
  /** Whether any workspace has origins of its own. */
  readonly isRestricted: boolean
  /** Whether the server lets nobody in any more. */
  readonly isClosing: () => boolean
}

interface Refusal {
  readonly status: 400 | 403 | 503
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Query parameters that carry credentials, in lower case and without `-` and `_`. */
const credentials = new Set(
  'token accesstoken authtoken idtoken refreshtoken usertoken guesttoken jwt apikey key serverkey pagekey secret clientsecret password authorization auth'.split(
    ' ',
  ),
)

/**
 * Refuses requests before a connection is made: of foreign pages, with credentials in their address, which proxies log, and
 * all while the server closes.
 */
export function guardRequests(options: GuardOptions): Guard {
  return (request, response, next) => {
    const refusal = refusalOf(request, options)
    if (refusal) refuse(response, refusal)
    // Other headers of the answer to a preflight are set by now.
    else if (request.method === 'OPTIONS' && response instanceof ServerResponse) response.writeHead(204).end()
    else next()
  }
}

function refusalOf(
  { url = '', headers }: IncomingMessage,
  { origins, isRestricted, isClosing }: GuardOptions,
): Refusal | undefined {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  for (const name of query.keys()) {
    if (!credentials.has(name.toLowerCase().replace(/[-_]/g, ''))) continue
    return {
      status: 400,
      text: `Send ${name} in the handshake's auth, never in the query string, which proxies log`,
    }
  }
  if (!isAllowed(headers.origin, origins)) return foreign
  // A script element reads JSONP of any site, and sends no origin.
  if (isRestricted && query.has('j')) return foreign
  // Connections that are open go on.
  return isClosing() && !query.has('sid') ? closing : undefined
}

const foreign: Refusal = { status: 403, text: 'Pages of this origin may not connect' }
const closing: Refusal = {
  status: 503,
  text: 'The server is closing. Try again.',
  headers: { 'retry-after': '1' },
}

function refuse(
  response: ServerResponse | { readonly socket: Socket },
  { status, text, headers = {} }: Refusal,
): void {
  const body = JSON.stringify({ status: 'failure', data: text })
  if (response instanceof ServerResponse) {
    response.writeHead(status, { ...headers, 'content-type': 'application/json', connection: 'close' })
    response.end(body)
    return
  }
  const { socket } = response
  socket.on('error', () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  )
}
