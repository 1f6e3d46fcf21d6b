import { StartError } from '../../errors.ts'
import { describeError } from '../../stores/describe-error.ts'
import type { StoreCase } from '../../testing/store-cases/store-case.ts'
import { isMongo } from '../commands/portable-at.ts'
import { withMongoDriver } from '../mongo-driver.ts'
import { casesFor, leftOut, runCase, Stores, write, writerArgument } from './cases.ts'
import { readVerifyOptions, type VerifyOptions } from './options.ts'
import { type Check, folderPlace, type Place } from './place.ts'
import { appendsASecond } from './speed.ts'

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const
/** How long a case may take to notice that it is stopped. */
const stoppingMs = 10_000

/** Runs the store's cases in a place of its own, prints a line for each, and removes the place. */
export async function runVerify(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  if (args[0] === writerArgument) return write(environment)
  const options = readVerifyOptions(args)
  const place = await placeOf(options.store)
  const cases = casesFor(place, options.only)
  if (cases.length === 0) throw new StartError(`--only: no case has the words ${options.only}`)
  const stores = new Stores()
  console.log(`Everything happens in ${place.name}, which is removed at the end`)
  const stopped = stopOnSignals(stores, place)
  const run = new Run(place, stores)
  try {
    await Promise.race([run.all(cases, options), stopped])
  } finally {
    const isRemoved = await remove(place)
    run.end(isRemoved)
  }
  // A case that hangs, and its store, keep nobody waiting.
  process.exit()
}

async function placeOf(store: string): Promise<Place> {
  if (!isMongo(store)) return folderPlace(store)
  const { mongoPlace } = await withMongoDriver(() => import('./mongo-place.ts'))
  return mongoPlace(store)
}

/** Resolves some time after the first signal, when a case has not noticed; the second ends the process. */
function stopOnSignals(stores: Stores, { name }: Place): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      if (stores.isOver) {
        console.error(`${name} is left behind`)
        process.exit(1)
      }
      console.error(`Stopping: ${name} is removed`)
      stores.end()
      setTimeout(resolve, stoppingMs)
    }
    for (const signal of signals) process.on(signal, onSignal)
  })
}

async function remove(place: Place): Promise<boolean> {
  try {
    await place.remove()
    return true
  } catch (error) {
    console.error(`${place.name} could not be removed (${describeError(error)}): remove it yourself`)
    return false
  }
}

/** What has passed and failed. */
class Run {
  readonly #place: Place
  readonly #stores: Stores
  #passed = 0
  #failed = 0

  constructor(place: Place, stores: Stores) {
    this.#place = place
    this.#stores = stores
  }

  async all(cases: readonly StoreCase[], { seconds }: VerifyOptions): Promise<void> {
    for (const line of await this.#place.facts()) console.log(line)
    for (const check of this.#place.checks) await this.#check(check)
    await this.#measure(seconds)
    for (const one of cases) {
      if (this.#stores.isOver) return
      await this.#check({ title: one.title, run: () => runCase(one, this.#place, this.#stores) })
    }
    const left = leftOut(this.#place)
    if (left > 0) console.log(`${left} cases are left out: they are for stores that several servers share`)
  }

  async #measure(seconds: number): Promise<void> {
    if (seconds === 0) return
    try {
      const store = await this.#stores.open(await this.#place.empty())
      try {
        console.log(await appendsASecond(store, seconds))
      } finally {
        await store.close()
      }
    } catch (error) {
      console.log(`Durable appends: cannot be measured (${describeError(error)})`)
    }
  }

  async #check({ title, run }: Check): Promise<void> {
    const start = performance.now()
    const reason = await run().then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    )
    // What a case says once its stores were closed is no finding.
    if (this.#stores.isOver) return
    const seconds = `${((performance.now() - start) / 1_000).toFixed(2)} s`.padStart(8)
    if (reason === undefined) this.#passed += 1
    else this.#failed += 1
    console.log(`${reason === undefined ? 'passed' : 'failed'} ${seconds}  ${title}`)
    if (reason !== undefined) console.log(`                 ${reason}`)
  }

  end(isRemoved: boolean): void {
    console.log(`${this.#passed} passed, ${this.#failed} failed${this.#stores.isOver ? ', stopped' : ''}`)
    process.exitCode = this.#failed === 0 && isRemoved && !this.#stores.isOver && this.#passed > 0 ? 0 : 1
  }
}

const longestReason = 500

/** The broken rule and what was found, on one line. */
function reasonOf(error: unknown): string {
  return describeError(error).replace(/\s+/g, ' ').slice(0, longestReason)
}
