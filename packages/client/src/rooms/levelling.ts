/** Asks the server to count again, for rooms of which it is not sure how much is unread; not for each message. */
export interface Levelling {
  readonly note: (room: string) => void
  readonly stop: () => void
}

/** Some messages may follow. */
const firstMs = 2_000
const betweenMs = 10_000
const mostAtOnce = 5

/** @param ask asks for one room */
export function createLevelling(ask: (room: string) => Promise<unknown>): Levelling {
  const unsure = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastAt = 0

  function plan(): void {
    const wait = Math.max(firstMs, lastAt + betweenMs - Date.now())
    timer ??= setTimeout(level, wait)
  }

  function level(): void {
    timer = undefined
    lastAt = Date.now()
    for (const room of [...unsure].slice(0, mostAtOnce)) {
      unsure.delete(room)
      // What fails is levelled by the next load.
      ask(room).catch(() => undefined)
    }
    if (unsure.size > 0) plan()
  }

  return {
    note(room) {
      unsure.add(room)
      plan()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      unsure.clear()
    },
  }
}
