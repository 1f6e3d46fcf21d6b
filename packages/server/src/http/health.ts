import { answerJson } from './answer.ts'
import type { Ready } from './readiness.ts'
import { pathOf, type Route } from './route.ts'

/** What `GET /health` answers while the process can answer, and has a store. */
export interface Health {
  readonly status: 'ok'
}

const ended = { status: 'ended' }
const fresh = { 'cache-control': 'no-store' }

/**
 * `GET /health` answers 200 as long as the event loop turns, and 503 once only a new process can serve; `GET /ready` 200 where the server
 * should get clients, else 503 with the reasons. Queries are ignored.
 */
export function serveHealth(health: () => Promise<Health>, ready: () => Promise<Ready>): Route {
  return ({ method, url = '' }, response, next) => {
    if (method !== 'GET' && method !== 'HEAD') return next()
    const path = pathOf(url)
    if (path === '/health')
      void health().then(
        (alive) => answerJson(response, 200, alive, fresh),
        () => answerJson(response, 503, ended, fresh),
      )
    else if (path === '/ready')
      void ready().then((read) => answerJson(response, read.ready ? 200 : 503, read, fresh))
    else next()
  }
}
