import type { Logger } from './logger.ts'
import { within } from './queues/within.ts'
import type { Store } from './stores/store.ts'

/** What is finished late gets at least so long. */
const leastMs = 500
/** A call of the store that is under way ends within its deadline of two seconds, one way or another. */
const leastForStoreMs = 2_500

/** What is finished, by what it is called in the log. */
export type FinishSteps = Readonly<Record<string, () => Promise<unknown>>>

/** Finishes what is under way by a time of `performance.now()`, in this order. What takes longer, or fails, is logged. */
export async function finish(by: number, logger: Logger, steps: FinishSteps): Promise<void> {
  let waitsFor = ''
  const all = async (): Promise<void> => {
    for (const [name, step] of Object.entries(steps)) {
      waitsFor = name
      await step()
    }
  }
  try {
    if (!(await within(leftUntil(by, leastMs), all())))
      logger.error({ waitsFor }, 'What was under way could not be finished in time')
  } catch (error) {
    logger.error({ error, waitsFor }, 'What was under way could not be finished')
  }
}

/** Closes the store by a time of `performance.now()`. @throws if it does not close in time: the disk may hang */
export async function closeStore(store: Pick<Store, 'close'>, by: number): Promise<void> {
  if (!(await within(leftUntil(by, leastForStoreMs), store.close())))
    throw new Error('The store could not be closed in time')
}

function leftUntil(time: number, least: number): number {
  return Math.max(time - performance.now(), least)
}
