import { StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { StoreUnavailableError } from '../stores/store.ts'
import type { Config } from './config.ts'
import { endNow, signals } from './stop-on-signal.ts'

/** Tells that the data folder's disk lets the start wait. */
export function tellSlow({ dataDir }: Config, logger: Logger): void {
  logger.warn(
    { folder: dataDir },
    'The data folder is not open yet: its disk does not answer, or much is read or updated; a signal ends the start',
  )
}

/**
 * Before a server listens, and in commands, the system ends the process on a signal, whatever its threads wait for; but not the
 * first process of a container.
 * @returns a function that leaves the signals to others
 */
export function endOnSignal(): () => void {
  if (process.pid !== 1) return () => {}
  for (const signal of signals) process.on(signal, endNow)
  return () => {
    for (const signal of signals) process.off(signal, endNow)
  }
}

/** Where the data is and what to do, if the store has failed between its opening and the first client. */
export function startProblem(error: unknown, { mongodbUri, dataDir }: Config): unknown {
  if (!(error instanceof StoreUnavailableError) || mongodbUri !== undefined) return error
  return new StartError(
    `Data folder ${dataDir} cannot be written: ${error.message}; look at its disk and the free space on it, then start again`,
    { cause: error },
  )
}
