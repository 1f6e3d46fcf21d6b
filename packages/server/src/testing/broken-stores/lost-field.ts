import type { Domain } from '../../stores/embedded/operations.ts'
import { mainThreadStore, type OpenFolder } from './main-thread-store.ts'

const openUnbroken = mainThreadStore()

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

/** Leaves a field out of the entities that a method returns. */
export function losesField(domain: Domain, method: string, field: string): OpenFolder {
  return async (folder) => {
    const store = await openUnbroken(folder)
    const methods = store[domain] as unknown as Methods
    const lossy = async (...args: unknown[]) => without(field, await methods[method]?.(...args))
    return { ...store, [domain]: { ...methods, [method]: lossy } }
  }
}

/** Removes a field from every entity, which is an object with an id. Objects around and inside an entity keep theirs. */
function without(field: string, answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  if (Array.isArray(answer)) return answer.map((one) => without(field, one))
  const entries = Object.entries(answer)
  if ('_id' in answer) return Object.fromEntries(entries.filter(([name]) => name !== field))
  return Object.fromEntries(entries.map(([name, value]) => [name, without(field, value)]))
}
