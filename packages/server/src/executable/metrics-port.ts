import type { ChatServer } from '../chat-server.ts'
import { serveHealth } from '../http/health.ts'
import { createHttp, listen, urlOf } from '../http/http.ts'
import { serveMetrics } from '../http/metrics.ts'

/** The port for those who operate the server. */
export interface MetricsPort {
  readonly port: number
  readonly host: string
}

/**
 * Serves the metrics, `/health` and `/ready` on a port of their own until the process ends: also while the server stops.
 * Answers the URL of the metrics.
 */
export async function serveMetricsPort(chat: ChatServer, { port, host }: MetricsPort): Promise<string> {
  const health = serveHealth(
    () => chat.health(),
    () => chat.ready(),
  )
  const http = createHttp([serveMetrics(() => chat.metrics()), health])
  await listen(http, port, host, 'METRICS_PORT')
  http.unref()
  return `${urlOf(http)}/metrics`
}
