import type { Page } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'

/** What loading older messages needs of a stream. */
export interface OlderSource {
  /** The `nth` of the first message; undefined if none before it can be loaded. */
  readonly first: () => number | undefined
  readonly read: (before: number) => Promise<Page>
  /** Answers false if the page cannot be put in front any more. */
  readonly take: (page: Page, before: number) => boolean
  /** Shows what was taken. */
  readonly show: () => void
  readonly hasOlder: () => boolean
}

/** Reads this often, if the first message is another one, or was changed, when the answer comes. */
const mostReads = 3

export interface Older {
  /** Loads one page of older messages; calls while it is under way share it. */
  readonly load: () => Promise<boolean>
  /** Leaves out the page that is under way; the next call asks anew. */
  readonly drop: () => void
}

export function createOlder({ first, read, take, show, hasOlder }: OlderSource): Older {
  let underWay: Promise<boolean> | undefined
  let drops = 0

  async function load(): Promise<boolean> {
    const dropsBefore = drops
    const isDropped = (): boolean => drops !== dropsBefore
    let isTaken = false
    try {
      for (let reads = 0; reads < mostReads && !isTaken; reads++) {
        const before = first()
        if (before === undefined) break
        const page = await read(before)
        if (isDropped()) break
        isTaken = take(page, before)
      }
    } finally {
      // Before it is shown: those who learn of it may ask for the next page at once.
      if (!isDropped()) underWay = undefined
    }
    if (isTaken) show()
    return hasOlder()
  }

  return {
    load() {
      if (first() === undefined) return Promise.resolve(hasOlder())
      underWay ??= ignorable(load())
      return underWay
    },
    drop() {
      drops += 1
      underWay = undefined
    },
  }
}
