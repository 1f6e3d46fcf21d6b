import { RequestError } from '../../errors.ts'

/** Stands for a handler that is not built yet. */
export async function notBuilt(): Promise<never> {
  throw new RequestError('unavailable', 'This is not built yet')
}
