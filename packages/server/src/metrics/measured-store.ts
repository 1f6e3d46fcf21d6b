import type { Store } from '../stores/store.ts'
import type { Meter } from './meter.ts'

type Method = (...args: unknown[]) => unknown

/** The same store, each of whose operations is measured as `<domain>.<method>`. */
export function measuredStore(store: Store, meter: Meter): Store {
  const domains = new Map<string | symbol, object>()
  return new Proxy(store, {
    get(target, name) {
      const known = domains.get(name)
      if (known) return known
      const value: unknown = Reflect.get(target, name)
      if (typeof value === 'function') return value.bind(target)
      if (typeof value !== 'object' || value === null) return value
      const measured = measuredDomain(String(name), value, meter)
      domains.set(name, measured)
      return measured
    },
  })
}

function measuredDomain(domain: string, methods: object, meter: Meter): object {
  const measured = new Map<string | symbol, Method>()
  return new Proxy(methods, {
    get(target, name) {
      const known = measured.get(name)
      if (known) return known
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      const wrapped = measuredMethod(
        `${domain}.${String(name)}`,
        (...args) => method.apply(target, args),
        meter,
      )
      measured.set(name, wrapped)
      return wrapped
    },
  })
}

function measuredMethod(operation: string, method: Method, meter: Meter): Method {
  return (...args) => {
    const result = method(...args)
    if (result instanceof Promise) meter.stored(operation, result)
    return result
  }
}
