import { type CannedAnswerRequests, limits as contractLimits } from '@dowellchat/protocol'
import { agentsOf } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import type { Handlers } from '../handler.ts'
import { requireRow } from './access.ts'

const answersAtOnce = 100
const most = contractLimits.canned_answers
const limit = `There are ${most} answers, which is the most there may be`

export const cannedAnswerHandlers: Handlers<CannedAnswerRequests> = {
  async create_canned_answer({ title, text, product = null, cid }, context) {
    const { session, store, fingerprint, notify, resend } = context
    const { workspace_id, user_id: created_by } = session
    const answer = { workspace_id, created_by, title, text, product, cid, fingerprint, most }
    const creation = await store.cannedAnswers.create(answer)
    const { row, created } = requireRow(creation, cid, `An answer with the title ${title}`, limit)
    const fact = { answer_id: row._id, answer: row }
    if (created) notify(agentsOf(workspace_id), 'canned_answer_changed', fact)
    else resend('canned_answer_changed', fact)
    return row
  },

  async update_canned_answer({ answer_id, ...change }, context) {
    const { session, store, notify } = context
    const { workspace_id } = session
    const answer = await store.cannedAnswers.update(workspace_id, answer_id, named(change))
    if (!answer) throw new RequestError('not_found', `Answer ${answer_id} does not exist`)
    if (answer === 'exists')
      throw new RequestError('conflict', `An answer with the title ${change.title} already exists`)
    notify(agentsOf(workspace_id), 'canned_answer_changed', { answer_id, answer })
    return answer
  },

  async delete_canned_answer({ answer_id }, { session, store, notify, resend }) {
    const { workspace_id } = session
    const fact = { answer_id, answer: null }
    if (await store.cannedAnswers.remove(workspace_id, answer_id))
      notify(agentsOf(workspace_id), 'canned_answer_changed', fact)
    else resend('canned_answer_changed', fact)
    return { answer_id }
  },

  async get_canned_answers({ product, after }, { session, store }) {
    const range = {
      limit: answersAtOnce + 1,
      ...(product !== undefined && { product }),
      ...(after !== undefined && { after }),
    }
    const found = await store.cannedAnswers.list(session.workspace_id, range)
    return { answers: found.slice(0, answersAtOnce), more: found.length > answersAtOnce }
  },
}

interface Changes {
  readonly title?: string | undefined
  readonly text?: string | undefined
  readonly product?: string | null | undefined
}

/** What is left out stays. */
function named({ title, text, product }: Changes) {
  return {
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text }),
    ...(product !== undefined && { product }),
  }
}
