import type { Metric, Registry } from 'prom-client'
import { StartError } from '../errors.ts'
import { metricDefinitions } from './definitions.ts'
import { Meter } from './meter.ts'
import { importPromClient, type MetricsRegistry, type PromClient } from './registry.ts'

/** `true` for a registry of its own, with the metrics of the process; or the registry that gets the server's metrics. */
export type MetricsOption = boolean | MetricsRegistry

/**
 * Opens what counts, or nothing if metrics are off.
 * @throws StartError if prom-client is missing, or the registry has metrics of these names
 */
export async function openMeter(option: MetricsOption | undefined): Promise<Meter | undefined> {
  if (!option) return undefined
  const client = await importPromClient()
  const registry = option === true ? registryWithProcess(client) : option
  const taken = Object.values(metricDefinitions).find(({ name }) => registry.getSingleMetric(name))
  if (taken)
    throw new StartError(
      `metrics: the registry has ${taken.name} already: give each chat server a registry of its own`,
    )
  return new Meter(client, registry)
}

/** Its observers cannot be stopped, so that there is one for all chat servers of the process. */
let ofProcess: Registry | undefined

function registryWithProcess(client: PromClient): MetricsRegistry {
  if (!ofProcess) {
    ofProcess = new client.Registry()
    client.collectDefaultMetrics({ register: ofProcess })
  }
  const registry = new client.Registry()
  // These are the metrics themselves, whatever the types of prom-client 15 say.
  for (const metric of ofProcess.getMetricsAsArray()) registry.registerMetric(metric as unknown as Metric)
  return registry
}
