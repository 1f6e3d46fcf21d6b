/**
 * Asks together for all ids that are asked for in one turn of the event loop.
 * @param load answers what there is, by id
 */
export function inOneTurn<T>(
  load: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (ids: readonly string[]) => Promise<ReadonlyMap<string, T>> {
  let next: Promise<ReadonlyMap<string, T>> | undefined
  let asked = new Set<string>()

  async function loadNext(): Promise<ReadonlyMap<string, T>> {
    // After everything that asks in this turn.
    await Promise.resolve()
    const ids = [...asked]
    next = undefined
    asked = new Set()
    return load(ids)
  }

  return (ids) => {
    for (const id of ids) asked.add(id)
    next ??= loadNext()
    return next
  }
}
