import type { CannedAnswer, PushOf } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'

type Change = PushOf<'canned_answer_changed'>

/** Every canned answer that has changed, as the client hears of it, and as it changes them itself. */
export interface CannedAnswerFeed {
  readonly follow: (listener: (change: Change) => void) => () => void
  readonly tell: (change: Change) => void
}

export function createCannedAnswerFeed({ on }: Wire): CannedAnswerFeed {
  const listeners = new Set<(change: Change) => void>()
  return {
    follow(listener) {
      listeners.add(listener)
      return together(on.canned_answer_changed(listener), () => listeners.delete(listener))
    },
    tell(change) {
      for (const listener of [...listeners]) listener(change)
    },
  }
}

/** The canned answers for a topic and those for all, or each of them. */
export function createCannedAnswerList(
  wire: Wire,
  feed: CannedAnswerFeed,
  filter: { readonly product?: string },
  touch: () => void,
): LiveList<CannedAnswer> {
  const { product } = filter
  const fits = (answer: CannedAnswer): boolean =>
    product === undefined || answer.product === null || answer.product === product
  return createLoadedList<CannedAnswer>(
    {
      idOf: ({ _id }) => _id,
      compare: (a, b) => (a.title < b.title ? -1 : Number(a.title > b.title)),
      isOutdated: ({ updated_at }, known) => updated_at < known.updated_at,
      async page(last) {
        const { answers, more } = await wire.request.get_canned_answers({
          ...filter,
          ...(last && { after: last.title }),
        })
        return { items: answers, hasMore: more }
      },
      watch: ({ put, remove }) =>
        feed.follow(({ answer_id, answer }) => (answer && fits(answer) ? put(answer) : remove(answer_id))),
    },
    wire,
    touch,
  )
}
