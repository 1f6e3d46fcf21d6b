import type { PayloadOf } from '@dowellchat/protocol'
import { topicName } from '@dowellchat/protocol/core'
import type { CannedAnswer } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyList } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * A new canned answer. `{{customer}}`, `{{agent}}`, `{{subject}}` and `{{topic}}` in its text are variables. One `cid` makes one.
 *
 * @example
 * const draft: CannedAnswerDraft = { title: 'Greeting', text: 'Hello {{customer}}, I am {{agent}}.' }
 */
export interface CannedAnswerDraft extends Draft<'create_canned_answer'> {}

/**
 * Changes to a canned answer. What is left out stays as it is; a `product` of null makes it one for all topics.
 *
 * @example
 * const changes: CannedAnswerChanges = { title: 'Greeting (billing)', product: 'billing' }
 */
export interface CannedAnswerChanges extends Omit<PayloadOf<'update_canned_answer'>, 'answer_id'> {}

/** What changes canned answers. */
export interface CannedAnswerActions {
  /**
   * Keeps an answer. Rejects with a `RequestError`: `conflict` if there is one with its title.
   *
   * @example
   * await client.cannedAnswers.create({ title: 'Greeting', text: 'Hello {{customer}}!' })
   */
  readonly create: (draft: CannedAnswerDraft) => Promise<CannedAnswer>
  /** Changes what is given of an answer. Rejects with a `RequestError`. */
  readonly update: (answerId: string, changes: CannedAnswerChanges) => Promise<CannedAnswer>
  /** Removes an answer; removing it twice changes nothing. Rejects with a `RequestError`. */
  readonly remove: (answerId: string) => Promise<void>
}

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
  const lists = createCache((key: string, touch) =>
    createLazyList(
      (things) => things.createCannedAnswerList(wire, feed(things), JSON.parse(key), touch),
      'get_canned_answers',
      touch,
    ),
  )
  return {
    list: (product) => lists(JSON.stringify(product === undefined ? {} : { product: topicName(product) })),
    ...laterMethods<CannedAnswerActions>(
      ['create', 'update', 'remove'],
      once((things) => things.createCannedAnswerActions(wire, feed(things))),
      'update_canned_answer',
    ),
  }
}
