import { delayMs, putOnBadDisk } from '../../../../packages/server/tests/support/bad-disk.ts'
import type { Person } from '../person.ts'
import type { Place } from '../place.ts'
import { type Program, ServerProcess } from '../server-process.ts'
import { everyWrite, message, openShop, type Shop, type Write } from './shop.ts'

export interface DelayFigures {
  /** Answers and pushes, and how many of them arrived before their data can have been on the disk. */
  readonly arrivals: number
  readonly early: number
  readonly soonestMs: number
  readonly unavailable: number
}

const burstOfEach = 8

/** Delays every fsync by half a second, and measures how soon answers and pushes arrive. Removes the place. */
export async function writeOnSlowDisk(
  place: Place,
  program: Program,
  env: Readonly<Record<string, string>> = {},
): Promise<DelayFigures> {
  const server = await ServerProcess.start(program, { ...place.env, ...env })
  try {
    const shop = await openShop(server)
    const repair = await putOnBadDisk(place.database?.pid ?? server.pid, 'delay')
    const arrivals = new Arrivals(shop)
    for (const write of everyWrite(shop)) await arrivals.of([write])
    await arrivals.of(
      shop.senders.flatMap((by) =>
        Array.from({ length: burstOfEach }, (_, at) => message(by, `burst ${at}`)),
      ),
    )
    await repair()
    return arrivals.figures
  } finally {
    await server.stop()
    await place.remove()
  }
}

/** Records how long after their request answers and pushes arrive. */
class Arrivals {
  readonly #afterMs: number[] = []
  #unavailable = 0
  #issuedMs = 0

  constructor({ listener, agent, admin, senders }: Shop) {
    const receivers: readonly Person[] = [listener, agent, admin, ...senders]
    for (const person of receivers) person.hear(() => this.#note())
  }

  /** Sends the writes at once; resolves when all are answered. */
  async of(writes: readonly Write[]): Promise<void> {
    this.#issuedMs = performance.now()
    await Promise.all(
      writes.map(async ({ by, event, payload }) => {
        const answer = await by.ask(event, payload)
        if (answer.status === 'failure') {
          if (answer.error.code !== 'unavailable') throw new Error(`${event}: ${answer.data}`)
          this.#unavailable += 1
        } else this.#note()
      }),
    )
    // Pushes follow their answer at once. A later one would count as an early push of the next write.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }

  get figures(): DelayFigures {
    return {
      arrivals: this.#afterMs.length,
      early: this.#afterMs.filter((afterMs) => afterMs < delayMs).length,
      soonestMs: Math.min(...this.#afterMs),
      unavailable: this.#unavailable,
    }
  }

  #note(): void {
    this.#afterMs.push(performance.now() - this.#issuedMs)
  }
}
