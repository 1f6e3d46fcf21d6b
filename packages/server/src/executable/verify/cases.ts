import type { Store } from '../../stores/store.ts'
import { storeCases } from '../../testing/store-cases/index.ts'
import type { StoreCase, Writer } from '../../testing/store-cases/store-case.ts'
import { type Address, openAt, type Place } from './place.ts'

/** Names the place to the processes that the durable cases start and kill. */
const addressVariable = 'DOWELLCHAT_VERIFY_PLACE'

/** The argument with which the executable writes until it is killed. */
export const writerArgument = '--writer'

/** The store's cases that fit a place, and those of them that were asked for. */
export function casesFor({ isShared }: Place, only: string | undefined): StoreCase[] {
  const words = only?.toLowerCase() ?? ''
  return storeCases.filter(
    ({ title, shares }) => (isShared || !shares) && title.toLowerCase().includes(words),
  )
}

/** How many of the store's cases a place has nothing to do with. */
export function leftOut({ isShared }: Place): number {
  return isShared ? 0 : storeCases.filter(({ shares }) => shares).length
}

/** Opens stores for cases, until it is over. */
export class Stores {
  readonly #open = new Set<Store>()
  isOver = false

  async open(address: Address): Promise<Store> {
    if (this.isOver) throw new Error('It was stopped')
    const store = await openAt(address)
    this.#open.add(store)
    return store
  }

  /** Closes what is open, whose calls then fail, and opens nothing any more. */
  end(): void {
    this.isOver = true
    for (const store of this.#open) void store.close().catch(() => undefined)
  }
}

/** Runs one case in an empty place. */
export async function runCase({ run }: StoreCase, place: Place, stores: Stores): Promise<void> {
  const address = await place.empty()
  process.env[addressVariable] = JSON.stringify(address)
  await run(() => stores.open(address), writer())
}

/** This program, which writes until it is killed. */
function writer(): Writer {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'verify', writerArgument]
}

/** Writes to the place of the environment until it is killed. */
export async function write(environment: NodeJS.ProcessEnv): Promise<void> {
  const { writeUntilKilled } = await import('../../testing/store-cases/kills.ts')
  // What `runCase` has put there.
  const address = JSON.parse(environment[addressVariable] ?? 'null') as Address | null
  if (address) await writeUntilKilled(await openAt(address))
}
