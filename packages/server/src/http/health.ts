import { answerJson } from './answer.ts'
import type { Ready } from './readiness.ts'
import { pathOf, type Route } from './route.ts'

/** What `GET /health` answers while the process can answer at all. */
export interface Health {
  readonly status: 'ok'
}

export const alive: Health = { status: 'ok' }

const fresh = { 'cache-control': 'no-store' }

/**
 * `GET /health` answers 200 as long as the event loop turns; `GET /ready` 200 where the server should get clients, else
 * 503 with the reasons. Queries are ignored.
 */
export function serveHealth(ready: () => Promise<Ready>): Route {
  return ({ method, url = '' }, response, next) => {
    if (method !== 'GET' && method !== 'HEAD') return next()
    const path = pathOf(url)
    if (path === '/health') answerJson(response, 200, alive, fresh)
    else if (path === '/ready')
      void ready().then((read) => answerJson(response, read.ready ? 200 : 503, read, fresh))
    else next()
  }
}
