interface MissingOptions {
  readonly has: (room: string) => boolean
  /** Whether the rooms that are looked for may be beyond those that are loaded. */
  readonly hasMore: () => boolean
  /** Looks for rooms that are new in the list. */
  readonly look: () => Promise<unknown>
}

/** Rooms that must be new in the list: the server puts them there a moment later than it says so. */
export interface MissingRooms {
  /** @param isLater whether the server surely puts it there later */
  readonly expect: (room: string, isLater?: boolean) => void
  readonly forget: (room: string) => void
  readonly stop: () => void
}

const mostTries = 4
const betweenMs = 1_000
/** More than that are found by loading the list. */
const mostExpected = 100

export function createMissingRooms({ has, hasMore, look }: MissingOptions): MissingRooms {
  /** How often each was looked for. */
  const expected = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLooking = false
  let lastAt = 0

  function plan(leastMs: number): void {
    if (expected.size === 0 || isLooking) return
    timer ??= setTimeout(() => void find(), Math.max(leastMs, lastAt + betweenMs - Date.now()))
  }

  async function find(): Promise<void> {
    timer = undefined
    isLooking = true
    lastAt = Date.now()
    await look().catch(() => undefined)
    isLooking = false
    for (const [room, tries] of expected) {
      if (has(room) || tries + 1 >= (hasMore() ? 2 : mostTries)) expected.delete(room)
      else expected.set(room, tries + 1)
    }
    plan(betweenMs)
  }

  return {
    expect(room, isLater = false) {
      if (has(room) || expected.has(room) || expected.size >= mostExpected) return
      expected.set(room, 0)
      plan(isLater ? betweenMs : 0)
    },
    forget: (room) => void expected.delete(room),
    stop() {
      clearTimeout(timer)
      timer = undefined
      expected.clear()
    },
  }
}
