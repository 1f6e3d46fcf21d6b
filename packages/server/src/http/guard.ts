import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorBody } from '@dowellchat/protocol'
import type { Admission, Delay, Handshake, OpenConnection } from './admission.ts'
import { answerJson, refuseUpgrade } from './answer.ts'
import { isAllowed, type Origins } from './origins.ts'

/** Runs for every polling request and, with its socket in place of a response, for every upgrade. */
export type Guard = (request: IncomingMessage, response: Answerable, next: () => void) => void

type Answerable = ServerResponse | { readonly socket: Duplex }

export interface GuardOptions {
  readonly origins: Origins
  /** Whether any workspace has origins of its own. */
  readonly isRestricted: boolean
  readonly admission: Admission
  /** Finds an open connection by its id. */
  readonly find: (sid: string) => OpenConnection | undefined
}

interface Refusal {
  readonly status: 400 | 403 | 429 | 431 | 503
  readonly body: object
  readonly retryAfterMs?: number
}

/** Query parameters that carry credentials, in lower case and without `-` and `_`. */
const credentials = new Set(
  'token accesstoken authtoken idtoken refreshtoken usertoken guesttoken jwt apikey key serverkey pagekey secret clientsecret password authorization auth'.split(
    ' ',
  ),
)

/** Browsers send about twenty, and proxies add a few. */
const mostHeaders = 100

/**
 * Refuses requests before a connection is made: of foreign pages, with credentials in their address, which proxies log,
 * those that are too many, and all while the server closes.
 */
export function guardRequests(options: GuardOptions): Guard {
  return (request, response, next) => {
    const query = queryOf(request)
    const refusal = refusalOf(request, query, options)
    if (refusal) refuse(response, refusal)
    // Other headers of the answer to a preflight are set by now.
    else if (request.method === 'OPTIONS' && response instanceof ServerResponse) response.writeHead(204).end()
    else if (query.get('sid')) next()
    else options.admission.take(handshakeOf(request, response, next))
  }
}

function handshakeOf(request: IncomingMessage, response: Answerable, next: () => void): Handshake {
  const { socket } = request
  // An upgrade has taken Node's own listener away.
  if (!(response instanceof ServerResponse)) socket.on('error', ignore)
  return {
    request,
    isGone: () => socket.destroyed,
    letIn() {
      socket.off('error', ignore)
      next()
    },
    refuse: (delay) => refuse(response, delayed(delay)),
  }
}

function ignore(): void {}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1))
}

function refusalOf(
  request: IncomingMessage,
  query: URLSearchParams,
  options: GuardOptions,
): Refusal | undefined {
  const { headers, rawHeaders, method } = request
  const { origins, isRestricted } = options
  // Names and values.
  if (rawHeaders.length > 2 * mostHeaders) return refusal(431, `Send at most ${mostHeaders} headers`)
  for (const name of query.keys()) {
    if (!credentials.has(name.toLowerCase().replace(/[-_]/g, ''))) continue
    return refusal(400, `Send ${name} in the handshake's auth, never in the query string, which proxies log`)
  }
  if (!isAllowed(headers.origin, origins)) return foreign
  // A script element reads JSONP of any site, and sends no origin.
  if (isRestricted && query.has('j')) return foreign
  return method === 'OPTIONS' ? undefined : connectionRefusal(request, query, options)
}

function connectionRefusal(
  request: IncomingMessage,
  query: URLSearchParams,
  { admission, find }: GuardOptions,
): Refusal | undefined {
  const sid = query.get('sid')
  if (sid) {
    const connection = find(sid)
    if (connection) return admission.isOfSameNetwork(request, connection) ? undefined : unknownSession
    // A load balancer that asks another server after a 503 finds the one that knows the connection.
    const closed = admission.closed()
    return closed && delayed(closed)
  }
  return query.get('EIO') === '4' ? undefined : unsupported
}

/** In the form of a failure, so that clients know the code and when to come back. */
function delayed({ status, code, text, retryAfterMs }: Delay): Refusal {
  const error: ErrorBody = { code, message: text, retryable: true, retry_after_ms: retryAfterMs }
  return { status, body: { status: 'failure', data: text, error }, retryAfterMs }
}

function refusal(status: Refusal['status'], text: string): Refusal {
  return { status, body: { status: 'failure', data: text } }
}

const foreign = refusal(403, 'Pages of this origin may not connect')
// As engine.io says it, on WebSockets too, where engine.io would say it within the upgraded connection.
const unsupported: Refusal = { status: 400, body: { code: 5, message: 'Unsupported protocol version' } }
const unknownSession: Refusal = { status: 400, body: { code: 1, message: 'Session ID unknown' } }

function refuse(response: Answerable, { status, body, retryAfterMs }: Refusal): void {
  const wait = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
  if (response instanceof ServerResponse) answerJson(response, status, body, { connection: 'close', ...wait })
  else refuseUpgrade(response.socket, status, body, wait)
}
