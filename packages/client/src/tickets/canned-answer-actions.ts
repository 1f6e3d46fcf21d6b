import type { PayloadOf } from '@dowellchat/protocol'
import { normalName, topicName } from '@dowellchat/protocol/core'
import type { CannedAnswer } from '../entities.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import type { CannedAnswerFeed } from './canned-answer-list.ts'

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

export function createCannedAnswerActions(
  { connection, request }: Wire,
  feed: CannedAnswerFeed,
): CannedAnswerActions {
  async function told(answering: Promise<CannedAnswer>): Promise<CannedAnswer> {
    const answer = await answering
    feed.tell({ answer_id: answer._id, answer })
    return answer
  }

  return {
    create: ({ title, product, ...draft }) => {
      const named = { ...draft, title: normalName(title), ...productIn(product) }
      return told(create(connection, named, request.create_canned_answer))
    },
    update: (answer_id, { title, product, ...changes }) =>
      told(
        request.update_canned_answer({
          ...{ ...changes, answer_id, ...productIn(product) },
          ...(title !== undefined && { title: normalName(title) }),
        }),
      ),
    async remove(answer_id) {
      await request.delete_canned_answer({ answer_id })
      feed.tell({ answer_id, answer: null })
    },
  }
}

function productIn(product: string | null | undefined) {
  return product !== undefined && { product: product === null ? null : topicName(product) }
}
