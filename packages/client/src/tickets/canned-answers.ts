import { topicName } from '@dowellchat/protocol/core'
import type { CannedAnswer } from '../entities.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyLists } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { Wire } from '../requests/wire.ts'
import type { CannedAnswerActions } from './canned-answer-actions.ts'

/** Texts that agents use again and again. For agents and admins. */
export interface CannedAnswers extends CannedAnswerActions {
  /**
   * Those for a topic and those for all, or each of them, in the order of their titles; kept current.
   *
   * @example
   * const answers = client.cannedAnswers.list(ticket.product)
   */
  readonly list: (product?: string) => LiveList<CannedAnswer>
}

export function createCannedAnswers(wire: Wire): CannedAnswers {
  const feed = once(({ createCannedAnswerFeed }) => createCannedAnswerFeed(wire))
  const lists = createLazyLists(
    (things, key, touch) => things.createCannedAnswerList(wire, feed(things), JSON.parse(key), touch),
    'get_canned_answers',
  )
  return {
    list: (product) => lists(JSON.stringify(product === undefined ? {} : { product: topicName(product) })),
    ...laterMethods<CannedAnswerActions>(
      ['create', 'update', 'remove'],
      (things) => things.createCannedAnswerActions(wire, feed(things)),
      'update_canned_answer',
    ),
  }
}
