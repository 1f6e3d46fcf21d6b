import type { Store } from '../../stores/store.ts'
import { mainThreadStore, type OpenFolder } from './main-thread-store.ts'

const openWhole = mainThreadStore()

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

/** A method that answers its entities without a field. */
export function losesField(domain: Exclude<keyof Store, 'close'>, method: string, field: string): OpenFolder {
  return async (folder) => {
    const store = await openWhole(folder)
    const methods = store[domain] as unknown as Methods
    const lossy = async (...args: unknown[]) => without(field, await methods[method]?.(...args))
    return { ...store, [domain]: { ...methods, [method]: lossy } }
  }
}

/** An entity has an id; what lies around it, and what lies in it, stays. */
function without(field: string, answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  if (Array.isArray(answer)) return answer.map((one) => without(field, one))
  const entries = Object.entries(answer)
  if ('_id' in answer) return Object.fromEntries(entries.filter(([name]) => name !== field))
  return Object.fromEntries(entries.map(([name, value]) => [name, without(field, value)]))
}
