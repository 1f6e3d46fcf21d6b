import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { pathOf } from './route.ts'

/** Milliseconds that the requests of one path may take to arrive, and those of all others. */
interface BodyTimes {
  readonly longMs: number
  readonly usualMs: number
}

/** Lets large bodies arrive at one path of an HTTP server, for which Node has one deadline; all others keep theirs. */
export function letBodiesTakeLong(http: HttpServer, path: string, { longMs, usualMs }: BodyTimes): void {
  http.requestTimeout = longMs
  http.on('request', (request, response) => {
    if (!hasBody(request) || pathOf(request.url ?? '') === path) return
    const timer = setTimeout(() => endLate(request, response), usualMs)
    request.once('end', () => clearTimeout(timer))
    request.once('close', () => clearTimeout(timer))
  })
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function endLate(request: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(408, { connection: 'close' }).end()
  request.destroy()
}
