import { RequestError } from '../../errors.ts'

/** Stands where a part of the desk is still to be built. */
export async function notBuilt(): Promise<never> {
  throw new RequestError('unavailable', 'This is not built yet')
}
