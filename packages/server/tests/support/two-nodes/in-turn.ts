import type { Store } from '../../../src/stores/store.ts'

/** A store whose every call goes to the other one of two stores on one database. */
export function inTurn(east: Store, west: Store): Store {
  let nth = 0
  const callOne = (domain: keyof Store, method: string, args: readonly unknown[]): unknown => {
    const store = nth++ % 2 === 0 ? east : west
    const methods = store[domain] as unknown as Record<string, (...args: readonly unknown[]) => unknown>
    return methods[method]?.(...args)
  }
  const domains = Object.entries(east).map(([name, domain]) => {
    if (typeof domain !== 'object') return [name, domain]
    const methods = Object.keys(domain).map((method) => [
      method,
      (...args: unknown[]) => callOne(name as keyof Store, method, args),
    ])
    return [name, Object.fromEntries(methods)]
  })
  return {
    ...(Object.fromEntries(domains) as Store),
    onDamaged(listener) {
      for (const store of [east, west]) store.onDamaged?.(listener)
    },
    async close() {
      await Promise.all([east.close(), west.close()])
    },
  }
}
