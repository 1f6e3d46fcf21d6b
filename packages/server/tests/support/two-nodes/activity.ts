import { setTimeout as pause } from 'node:timers/promises'
import type { Bus } from '../../../src/nodes/bus.ts'
import type { Store } from '../../../src/stores/store.ts'

/** So long nothing must happen before it counts as quiet: longer than a text needs through Redis on a busy machine. */
const quietMs = 50
const deadlineMs = 60_000

/** Who lives: that goes on all the time. */
const steady = new Set(['nodes', 'changes'])

let underWay = 0
let last = 0

/** Resolves when the servers of this process ask their stores for nothing and tell each other nothing. */
export async function quiet(): Promise<void> {
  const end = performance.now() + deadlineMs
  touch()
  while (underWay > 0 || performance.now() - last < quietMs) {
    if (performance.now() > end) throw new Error('The servers do not come to rest')
    await pause(5)
  }
}

function touch(): void {
  last = performance.now()
}

/** The store, whose calls count as activity. */
export function watchedStore(store: Store): Store {
  const domains = Object.entries(store).map(([name, domain]) =>
    typeof domain === 'object' && !steady.has(name) ? [name, watchedDomain(domain)] : [name, domain],
  )
  return { ...store, ...Object.fromEntries(domains) }
}

function watchedDomain(domain: object): object {
  const watched = Object.entries(domain).map(([name, method]) => [
    name,
    typeof method === 'function' ? (...args: unknown[]) => watchedCall(() => method(...args)) : method,
  ])
  return Object.fromEntries(watched)
}

function watchedCall(call: () => unknown): unknown {
  const result = call()
  if (!(result instanceof Promise)) return result
  underWay += 1
  return result.finally(() => {
    underWay -= 1
    touch()
  })
}

/** The bus, whose texts count as activity, but for the steady ones. */
export function watchedBus(bus: Bus): Bus {
  const note = (text: string): void => {
    if (!text.includes('"kind":"beat"')) touch()
  }
  return {
    start: (listener, logger) =>
      bus.start((text) => {
        note(text)
        listener(text)
      }, logger),
    publish(text) {
      note(text)
      bus.publish(text)
    },
    get isConnected() {
      return bus.isConnected
    },
    stop: () => bus.stop(),
  }
}
