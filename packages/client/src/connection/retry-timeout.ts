import { isRequestError } from '../errors.ts'
import { backoffMs } from './retry.ts'

/** Repeats a request once if the server does not answer in time. The server recognises the repetition by its `cid` or id. */
export async function retryTimeout<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isRequestError(error) || error.code !== 'timeout') throw error
    await new Promise((resolve) => setTimeout(resolve, backoffMs(1, error)))
    return ask()
  }
}
