/** An answer that a test holds back. */
export interface Held {
  /** Resolves when there is an answer to hold back. */
  readonly reached: Promise<void>
  readonly release: () => void
}

/** Holds back what the next call of a method resolves to. */
export function holdNext<Name extends string>(
  object: { [N in Name]: (...args: never[]) => Promise<unknown> },
  name: Name,
): Held {
  const act = object[name] as (...args: unknown[]) => Promise<unknown>
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const reached = new Promise<void>((resolve) => {
    async function held(...args: unknown[]): Promise<unknown> {
      Object.assign(object, { [name]: act })
      const answer = await act.apply(object, args)
      resolve()
      await released
      return answer
    }
    Object.assign(object, { [name]: held })
  })
  return { reached, release }
}
