import type { RequestName } from '@dowellchat/protocol'
import { laterThings, type Make, once } from './later-code.ts'

/** Methods that answer promises. */
type Methods<T> = { readonly [K in keyof T]: (...args: never) => Promise<unknown> }

/**
 * Methods whose code is loaded when one of them is first called, and made once. They reject with `unavailable` while it cannot be.
 * @param names are those of all of them
 * @param request is what one of them sends
 */
export function laterMethods<T extends Methods<T>>(
  names: readonly (keyof T & string)[],
  make: Make<T>,
  request: RequestName,
): T {
  const made = once(make)
  const method =
    (name: keyof T) =>
    async (...args: unknown[]): Promise<unknown> => {
      const all = made(await laterThings.load(request))
      return (all[name] as unknown as (...args: unknown[]) => Promise<unknown>)(...args)
    }
  // Built from the names of the methods.
  return Object.fromEntries(names.map((name) => [name, method(name)])) as unknown as T
}
