import { randomUUID } from 'node:crypto'
import type { Operation } from '../../../packages/server/src/stores/embedded/operations.ts'
import type { Appended } from '../../../packages/server/src/stores/store.ts'
import { usedDuring } from '../bench/cpu.ts'
import { repeat } from '../bench/repeat.ts'
import { sum } from '../bench/statistics.ts'
import { type Carrier, channel, localSocket, thread } from './carriers.ts'
import { epoch, makeDraft, makeEntry, stream, workspace_id } from './messages.ts'
import type { Sizes } from './sizes.ts'

/** Microseconds for each message: of the thread that has the sockets, and of all threads on both sides. */
export interface CarryingCost {
  readonly way: string
  /** Messages in a batch. */
  readonly size: number
  readonly main: number
  readonly all: number
}

const batchSizes = [1, 32]
const warmUp = 300

/** What messages cost on their way to a store and back, and entries on their way to a process that only has their readers. */
export async function measureProcesses({ batches }: Sizes): Promise<CarryingCost[]> {
  const answers = batchSizes.map((size) => [size, { epoch, appended: appendedOf(size) }] as const)
  const costs: CarryingCost[] = []
  for (const open of [thread, channel, localSocket]) {
    const carrier = await open(answers)
    for (const size of batchSizes) costs.push(await measureAppends(carrier, size, batches))
    for (const size of carrier.deliver ? batchSizes : [])
      costs.push(await measureDeliveries(carrier, size, batches))
    await carrier.close()
  }
  return costs
}

function appendedOf(count: number): Appended[] {
  return Array.from({ length: count }, (_, n) => ({
    created: true,
    placed: { _id: randomUUID(), seq: n + 1, nth: n + 1, created_at: '2026-01-01T00:00:00.000Z' },
    text: makeEntry(n + 1),
  }))
}

async function measureAppends(carrier: Carrier, size: number, batches: number): Promise<CarryingCost> {
  const drafts = Array.from({ length: size }, makeDraft)
  const operation: Operation = ['streams', 'append', [{ workspace_id, stream }, drafts]]
  // One batch is on its way while the next gathers, as in the store.
  const append = (times: number) => repeat(times, () => carrier.run(operation))
  await append(warmUp)
  return costOf(carrier, carrier.title, size, batches, () => append(batches))
}

async function measureDeliveries(carrier: Carrier, size: number, batches: number): Promise<CarryingCost> {
  await carrier.deliver?.(warmUp, size)
  return costOf(carrier, 'entries that others appended, a local socket', size, batches, async () => {
    await carrier.deliver?.(batches, size)
  })
}

async function costOf(
  { pids }: Carrier,
  way: string,
  size: number,
  batches: number,
  work: () => Promise<unknown>,
): Promise<CarryingCost> {
  const used = await usedDuring(pids, work)
  const each = (us: number) => us / batches / size
  return { way, size, main: each(used.get(String(process.pid)) ?? 0), all: each(sum(used.values())) }
}
