/** Names in the contract look so. `then`, which is none of them, would make a promise of the object. */
const isName = /^(?!then$)[a-z_]+$|[cC]all/

/**
 * An object with a property for each name of the contract, made when it is first read: so the names need not be loaded.
 * @param made has those that are made already
 */
export function byName<T extends object>(
  make: (name: keyof T & string) => unknown,
  made: Partial<T> = {},
): T {
  const has = (_: unknown, name: string | symbol): boolean => name in made || isName.test(String(name))
  return new Proxy<Record<string | symbol, unknown>>(made, {
    has,
    get(all, name) {
      if (!(name in all) && has(all, name)) all[name] = make(name as keyof T & string)
      return all[name]
    },
    // Each property is what `make` makes of its name.
  }) as T
}

/** The same properties, but for those that are given. */
export const withOthers = <T extends object>(all: T, others: Partial<T>): T =>
  byName<T>((name) => all[name], others)
