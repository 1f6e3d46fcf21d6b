import { StartError } from '../errors.ts'

/** A prom-client registry. Written out, so that nobody needs prom-client's types who does not use it. */
export interface MetricsRegistry {
  readonly contentType: string
  metrics(): Promise<string>
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
  removeSingleMetric(name: string): void
}

/** Metrics as Prometheus reads them. */
export interface MetricsText {
  readonly contentType: string
  readonly text: string
}

export type PromClient = typeof import('prom-client')

/**
 * Loads prom-client, which only those install who want metrics.
 * @throws StartError that says how to install it
 */
export async function importPromClient(): Promise<PromClient> {
  try {
    const loaded = await import('prom-client')
    // A CommonJS package: not every loader gives its names.
    return 'Registry' in loaded ? loaded : (loaded as { default: PromClient }).default
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new StartError(
      'Metrics need the package prom-client, which is not installed: npm install prom-client@15, or turn metrics off (METRICS_PORT, `metrics`)',
      { cause },
    )
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
