interface Reads<T> {
  readonly running: Promise<T>
  next?: Promise<T>
}

/**
 * Reads something of a workspace for many at once. Whoever asks while a read is under way shares the next one with all who
 * asked since: nobody gets what was read before they asked, and a burst costs two reads.
 */
export function sharedReads<T>(
  read: (workspaceId: string) => Promise<T>,
): (workspaceId: string) => Promise<T> {
  const reads = new Map<string, Reads<T>>()

  function begin(workspaceId: string): Promise<T> {
    const running = read(workspaceId).finally(() => {
      if (!reads.get(workspaceId)?.next) reads.delete(workspaceId)
    })
    reads.set(workspaceId, { running })
    return running
  }

  return (workspaceId) => {
    const one = reads.get(workspaceId)
    if (!one) return begin(workspaceId)
    const start = (): Promise<T> => begin(workspaceId)
    one.next ??= one.running.then(start, start)
    return one.next
  }
}
