import type { ServerResponse } from 'node:http'
import type { Readiness } from './readiness.ts'
import type { Route } from './route.ts'

/** What `GET /health` answers while the process can answer at all. */
export interface Health {
  readonly status: 'ok'
}

export const alive: Health = { status: 'ok' }

/**
 * `GET /health` answers 200 as long as the event loop turns; `GET /ready` 200 where the server should get clients, else
 * 503 with the reasons. Queries are ignored.
 */
export function serveHealth(readiness: Readiness): Route {
  return ({ method, url = '' }, response, next) => {
    if (method !== 'GET' && method !== 'HEAD') return next()
    const [path] = url.split('?', 1)
    if (path === '/health') answer(response, 200, alive)
    else if (path === '/ready')
      void readiness.check().then((ready) => answer(response, ready.ready ? 200 : 503, ready))
    else next()
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
