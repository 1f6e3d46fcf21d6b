import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerJson } from '../../http/answer.ts'

/** How long a client that is refused may go on sending, so that it reads why. */
const partingMs = 1_000

/** What pages of an origin may see of an answer. */
export type Cors = Readonly<Record<string, string>>

/** Nothing of an answer runs anywhere, whatever its bytes are. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  // Pages of a team's own are often of another origin than its chat server.
  'cross-origin-resource-policy': 'cross-origin',
} as const

export function corsFor(origin: string | undefined): Cors {
  // Also without one: browsers keep the answer that has shown a picture, which no page may read, for a page's `fetch`.
  return { ...(origin !== undefined && { 'access-control-allow-origin': origin }), vary: 'origin' }
}

/** Answers the question of a browser whether it may ask. */
export function answerPreflight(response: ServerResponse, cors: Cors): void {
  response.writeHead(204, {
    ...cors,
    'access-control-allow-methods': 'PUT, GET, HEAD',
    'access-control-allow-headers': 'content-type, range',
    'access-control-max-age': '600',
  })
  response.end()
}

/** Says in words why a request is refused, and ends its connection: its body was not read. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  headers: Cors = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const all = { ...safeHeaders, 'cache-control': 'no-store', ...headers }
  const isWhole = request.complete
  answerJson(
    response,
    status,
    { status: 'failure', data: text },
    isWhole ? all : { ...all, connection: 'close' },
  )
  if (isWhole) return
  request.on('error', () => {})
  request.resume()
  const timer = setTimeout(() => request.destroy(), partingMs)
  request.once('close', () => clearTimeout(timer))
}
