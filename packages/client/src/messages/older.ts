import type { Page } from '../entities.ts'

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

/** Loads one page of older messages; calls while it is under way share it. */
export function createOlder({ first, read, take, show, hasOlder }: OlderSource): () => Promise<boolean> {
  let underWay: Promise<boolean> | undefined

  async function load(): Promise<boolean> {
    let isTaken = false
    try {
      for (let reads = 0; reads < mostReads && !isTaken; reads++) {
        const before = first()
        if (before === undefined) break
        isTaken = take(await read(before), before)
      }
    } finally {
      // Before it is shown: those who learn of it may ask for the next page at once.
      underWay = undefined
    }
    if (isTaken) show()
    return hasOlder()
  }

  return () => {
    if (first() === undefined) return Promise.resolve(hasOlder())
    underWay ??= load()
    return underWay
  }
}
