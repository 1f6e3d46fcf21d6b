import type { MetricsText } from '../metrics/registry.ts'
import { pathOf, type Route } from './route.ts'

/** `GET /metrics` answers the metrics as text. */
export function serveMetrics(metrics: () => Promise<MetricsText | undefined>): Route {
  return ({ method, url = '' }, response, next) => {
    if (method !== 'GET' || pathOf(url) !== '/metrics') return next()
    metrics().then(
      (read) => {
        if (!read) return next()
        response.writeHead(200, { 'content-type': read.contentType, 'cache-control': 'no-store' })
        response.end(read.text)
      },
      () => response.writeHead(500).end(),
    )
  }
}
