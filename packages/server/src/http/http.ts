import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartError } from '../errors.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import { within } from '../queues/within.ts'
import { answerJson, noSuchPage } from './answer.ts'
import type { Route } from './route.ts'
import { endUnread } from './silence.ts'

type HttpLimits = Pick<Limits, 'httpHeadersMs' | 'httpRequestMs' | 'httpKeepAliveMs' | 'httpSilenceMs'>

/** How often Node looks for clients that send headers or a body one byte at a time. */
const connectionsCheckingInterval = 2_000

/** The HTTP server to use when the caller passes none. The first route that a request is for answers it. */
export function createHttp(routes: readonly Route[] = [], limits: HttpLimits = defaultLimits): HttpServer {
  const options = {
    // Node starts no server whose headers may take longer.
    headersTimeout: Math.min(limits.httpHeadersMs, limits.httpRequestMs),
    requestTimeout: limits.httpRequestMs,
    keepAliveTimeout: limits.httpKeepAliveMs,
    connectionsCheckingInterval,
  }
  return createServer(options, (request, response) => {
    endUnread(response, limits.httpSilenceMs)
    ask(routes, request, response)
  })
}

function ask([route, ...rest]: readonly Route[], request: IncomingMessage, response: ServerResponse): void {
  if (route) route(request, response, () => ask(rest, request, response))
  else answerJson(response, 404, noSuchPage)
}

/** @param variable which names the port, where the executable reads it */
export async function listen(
  http: HttpServer,
  port: number,
  host: string | undefined,
  variable = 'PORT',
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host, variable)))
    http.listen(port, host, resolve)
  })
}

function listenError(error: NodeJS.ErrnoException, port: number, host = '', variable = 'PORT'): StartError {
  const at = `${host && `${host}:`}${port}`
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${at} is in use: stop the program that uses it, or set ${variable} to another port`,
    EACCES: `Port ${at} may not be opened by this user: set ${variable} to a number above 1023`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine`,
    ENOTFOUND: `HOST ${host} is not an address of this machine`,
  }
  return new StartError(reasons[error.code ?? ''] ?? `Cannot listen on ${at}: ${error.message}`)
}

export function urlOf(http: HttpServer): string {
  const address = http.address() as AddressInfo | string | null
  if (address === null || typeof address === 'string') return ''
  const isEverywhere = ['::', '0.0.0.0'].includes(address.address)
  const host = isEverywhere
    ? 'localhost'
    : address.family === 'IPv6'
      ? `[${address.address}]`
      : address.address
  return `http://${host}:${address.port}`
}

/** How long answers may still be sent. */
const lastAnswersMs = 1_000
const tickMs = 20

/** Accepts no more connections, and finishes the answers that are being sent. */
export async function closeHttp(http: HttpServer): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  const closeIdle = setInterval(() => http.closeIdleConnections(), tickMs)
  const isDone = await within(lastAnswersMs, closed)
  clearInterval(closeIdle)
  if (isDone) return
  http.closeAllConnections()
  await within(lastAnswersMs, closed)
}
