import { usedDuring } from '../bench/cpu.ts'
import { repeat } from '../bench/repeat.ts'
import { sum } from '../bench/statistics.ts'
import { makeRequest } from './messages.ts'
import { type Handed, type Parsed, parseRequest, ways } from './parse-requests.ts'
import type { Sizes } from './sizes.ts'
import { Thread } from './thread.ts'

/** Microseconds for each message: of the thread that has the sockets, and of all. */
export interface ParsingCost {
  readonly way: string
  readonly main: number
  readonly all: number
}

const together = 32
/** So many batches are on their way at once, so that neither thread sleeps. */
const underWay = 4
const warmUp = 300

/** What parsing and validating messages costs here, and in a thread to which they go and from which they come back. */
export async function measureParsing({ batches }: Sizes): Promise<ParsingCost[]> {
  const frames = Array.from({ length: together }, makeRequest)
  const thread = await Thread.start<{ way: string; handed: Handed }, Parsed>('./parsing-thread.ts')
  try {
    const costs = [await measure('here', batches, async () => frames.map(parseRequest))]
    for (const [way, { hand, take }] of Object.entries(ways)) {
      const step = async () => take(await thread.ask({ way, handed: hand(frames) }))
      costs.push(await measure(way, batches, step))
    }
    return costs
  } finally {
    await thread.stop()
  }
}

async function measure(
  way: string,
  batches: number,
  step: () => Promise<readonly unknown[]>,
): Promise<ParsingCost> {
  const whole = async () => {
    const { length } = await step()
    if (length !== together) throw new Error(`${length} messages came back of ${together}`)
  }
  await repeat(warmUp, whole, underWay)
  const used = await usedDuring([process.pid], () => repeat(batches, whole, underWay))
  const each = (us: number) => us / batches / together
  return { way, main: each(used.get(String(process.pid)) ?? 0), all: each(sum(used.values())) }
}
