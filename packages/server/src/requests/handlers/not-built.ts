import { RequestError } from '../../errors.ts'

/** Stands for a handler that does not exist yet. */
export function notBuilt(name: string): Promise<never> {
  return Promise.reject(new RequestError('unavailable', `${name} is not built yet`))
}
