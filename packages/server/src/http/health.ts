import type { ServerResponse } from 'node:http'
import type { Ready } from './readiness.ts'
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
export function serveHealth(ready: () => Promise<Ready>): Route {
  return ({ method, url = '' }, response, next) => {
    if (method !== 'GET' && method !== 'HEAD') return next()
    const [path] = url.split('?', 1)
    if (path === '/health') answer(response, 200, alive)
    else if (path === '/ready')
      void ready().then((read) => answer(response, read.ready ? 200 : 503, read))
    else next()
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
