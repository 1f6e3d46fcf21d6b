import type { Wait } from '@dowellchat/protocol'
import type { Counter, Histogram, Registry } from 'prom-client'
import type { Limits } from '../limits.ts'
import {
  metricDefinitions as all,
  type MetricDefinition,
  secondsBuckets,
  waitBuckets,
} from './definitions.ts'
import type { MetricsRegistry, PromClient } from './registry.ts'

/** What is read when somebody scrapes: one number, or one for each value of the metric's label. */
type Reading = number | Readonly<Record<string, number>> | undefined
export type Read = () => Reading | Promise<Reading>

/** The limit that something was refused by; `abuse` where a connection went on asking, and was closed. */
export type RefusedBy = keyof Limits | 'abuse'

/** What `beforeMessage` has answered about a message; `full`: it was not asked, since too many of its calls have not ended. */
export type Asked = 'passed' | 'changed' | 'refused' | 'late' | 'failed' | 'full'

/** Counts what happens. Whoever has no meter counts nothing, and reads no clock. */
export class Meter {
  readonly registry: MetricsRegistry
  readonly #client: PromClient
  readonly #registers: Registry[]
  readonly #handshakes: Counter
  readonly #disconnects: Counter
  readonly #requests: Counter
  readonly #requestSeconds: Histogram
  readonly #refusals: Counter
  readonly #storeSeconds: Histogram
  readonly #storeFailures: Counter
  readonly #damagedRows: Counter
  readonly #sharedChanges: Counter
  readonly #askedMessages: Counter
  readonly #uploads: Counter
  readonly #filesRemoved: Counter
  readonly #deliveries: Counter
  readonly #parkedStreams: Counter
  readonly #lineWaits: Counter
  readonly #lineWaitSeconds: Histogram
  readonly #lineErrorSeconds: Histogram
  #storeInFlight = 0

  constructor(client: PromClient, registry: MetricsRegistry) {
    this.#client = client
    this.registry = registry
    // Another copy of prom-client may have made it; ours only registers with it.
    this.#registers = [registry as unknown as Registry]
    this.#handshakes = this.#counter(all.handshakes)
    this.#disconnects = this.#counter(all.disconnects)
    this.#requests = this.#counter(all.requests)
    this.#requestSeconds = this.#histogram(all.requestSeconds)
    this.#refusals = this.#counter(all.refusals)
    this.#storeSeconds = this.#histogram(all.storeSeconds)
    this.#storeFailures = this.#counter(all.storeFailures)
    this.#damagedRows = this.#counter(all.damagedRows)
    this.#sharedChanges = this.#counter(all.sharedChanges)
    this.#askedMessages = this.#counter(all.askedMessages)
    this.#uploads = this.#counter(all.uploads)
    this.#filesRemoved = this.#counter(all.filesRemoved)
    this.#deliveries = this.#counter(all.deliveries)
    this.#parkedStreams = this.#counter(all.parkedStreams)
    this.#lineWaits = this.#counter(all.lineWaits)
    this.#lineWaitSeconds = this.#histogram(all.lineWaitSeconds, waitBuckets)
    this.#lineErrorSeconds = this.#histogram(all.lineErrorSeconds, waitBuckets)
    this.gauge('storeInFlight', () => this.#storeInFlight)
  }

  /** A request was answered. `request` is a name of the contract, or `unknown`. */
  answered(request: string, result: string, startedAt: number): void {
    this.#requests.inc({ request, result })
    this.#requestSeconds.observe({ request }, (performance.now() - startedAt) / 1_000)
  }

  handshake(result: string): void {
    this.#handshakes.inc({ result })
  }

  disconnected(reason: string): void {
    this.#disconnects.inc({ reason })
  }

  /** A limit has refused or closed something. */
  refused(limit: RefusedBy): void {
    this.#refusals.inc({ limit })
  }

  damaged(): void {
    this.#damagedRows.inc()
  }

  /** `beforeMessage` was asked about a message. */
  asked(outcome: Asked): void {
    this.#askedMessages.inc({ outcome })
  }

  /** A webhook was sent something. */
  delivered(webhook: string, outcome: 'delivered' | 'failed'): void {
    this.#deliveries.inc({ webhook, outcome })
  }

  /** A stream waits for an operator. */
  parked(webhook: string): void {
    this.#parkedStreams.inc({ webhook })
  }

  changed(kind: string): void {
    this.#sharedChanges.inc({ kind })
  }

  /** A step of an upload. */
  uploaded(step: string): void {
    this.#uploads.inc({ step })
  }

  /** The bytes of a file were to be removed. */
  fileRemoved(result: 'removed' | 'failed'): void {
    this.#filesRemoved.inc({ result })
  }

  /** A ticket was taken out of a line after so many minutes, for which an estimate was noted. */
  waited(minutes: number, { low, middle, high }: Wait): void {
    this.#lineWaits.inc({ outcome: minutes < low ? 'before' : minutes > high ? 'after' : 'within' })
    this.#lineWaitSeconds.observe({ kind: 'estimated' }, middle * 60)
    this.#lineWaitSeconds.observe({ kind: 'actual' }, minutes * 60)
    this.#lineErrorSeconds.observe(Math.abs(minutes - middle) * 60)
  }

  /** Measures an operation of the store until its promise is settled. */
  stored(operation: string, result: Promise<unknown>): void {
    const startedAt = performance.now()
    this.#storeInFlight += 1
    const end = (): void => {
      this.#storeInFlight -= 1
      this.#storeSeconds.observe({ operation }, (performance.now() - startedAt) / 1_000)
    }
    const fail = (): void => {
      end()
      this.#storeFailures.inc({ operation })
    }
    result.then(end, fail)
  }

  /** A number that is read when somebody scrapes; undefined leaves it out. */
  gauge(name: keyof typeof all, read: Read): void {
    const definition = all[name]
    const { Gauge } = this.#client
    new Gauge({
      ...this.#options(definition),
      async collect() {
        const values = await valuesOf(definition, read)
        this.reset()
        // Without a label a metric that is reset is 0, also where nothing could be read.
        if (values.length === 0) this.remove({})
        for (const [labels, value] of values) this.set(labels, value)
      },
    })
  }

  /** A count that somebody else keeps. */
  total(name: keyof typeof all, read: Read): void {
    const definition = all[name]
    const { Counter } = this.#client
    new Counter({
      ...this.#options(definition),
      async collect() {
        const values = await valuesOf(definition, read)
        this.reset()
        for (const [labels, value] of values) this.inc(labels, value)
      },
    })
  }

  /** Takes the metrics out of the registry, which may be the caller's. */
  close(): void {
    for (const { name } of Object.values(all)) this.registry.removeSingleMetric(name)
  }

  #counter(definition: MetricDefinition): Counter {
    return new this.#client.Counter(this.#options(definition))
  }

  #histogram(definition: MetricDefinition, buckets = secondsBuckets): Histogram {
    return new this.#client.Histogram({ ...this.#options(definition), buckets })
  }

  #options({ name, help, labels }: MetricDefinition) {
    return { name, help, labelNames: [...labels], registers: this.#registers }
  }
}

/** Nothing where it cannot be read now: the other metrics are worth having then. */
async function valuesOf({ labels: [label = ''] }: MetricDefinition, read: Read) {
  const reading = await Promise.resolve()
    .then(read)
    .catch(() => undefined)
  if (reading === undefined) return []
  if (typeof reading === 'number') return [[{}, reading] as const]
  return Object.entries(reading).map(([value, number]) => [{ [label]: value }, number] as const)
}
