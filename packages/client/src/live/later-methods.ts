import type { RequestName } from '@dowellchat/protocol'
import { laterThings, type Make } from './later-code.ts'

/** Methods that answer promises. */
type Methods<T> = { readonly [K in keyof T]: (...args: never) => Promise<unknown> }

/**
 * Methods whose code is loaded when one of them is first called. They reject with `unavailable` while it cannot be.
 * @param names are those of all of them
 * @param request is what one of them sends
 */
export function laterMethods<T extends Methods<T>>(
  names: readonly (keyof T & string)[],
  make: Make<T>,
  request: RequestName,
): T {
  const method =
    (name: keyof T) =>
    async (...args: unknown[]): Promise<unknown> => {
      const made = make(await laterThings.load(request))
      return (made[name] as unknown as (...args: unknown[]) => Promise<unknown>)(...args)
    }
  // Built from the names of the methods.
  return Object.fromEntries(names.map((name) => [name, method(name)])) as unknown as T
}
