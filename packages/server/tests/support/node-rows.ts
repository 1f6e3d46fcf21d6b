import type { NodeStore } from '../../src/stores/store.ts'

/** The rows by which servers know that others live, for servers that share a store which has none. */
export function nodeRows(): NodeStore {
  const beats = new Map<string, number>()
  return {
    beat: async (id) => void beats.set(id, (beats.get(id) ?? 0) + 1),
    list: async () => [...beats].map(([id, beat]) => ({ id, beat })),
    async remove(ids) {
      for (const id of ids) beats.delete(id)
    },
  }
}
