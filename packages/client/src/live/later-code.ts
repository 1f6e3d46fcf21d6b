import { createLoader, type Loader } from './loader.ts'

export type LaterThings = typeof import('../later-things.ts')

/** What a page loads once the first messages of a conversation are shown, or when it is first used. */
export const laterThings: Loader<LaterThings> = createLoader(() => import('../later-things.ts'))

/** Makes something of that code. */
export type Make<T> = (things: LaterThings) => T

/** Makes it once: later calls answer the same. */
export function once<T>(make: Make<T>): Make<T> {
  let made: T | undefined
  return (things) => {
    made ??= make(things)
    return made
  }
}

/** What is made of that code if it is loaded. */
export function ifLoaded<T>(make: Make<T>): T | undefined {
  const things = laterThings.now()
  return things && make(things)
}
