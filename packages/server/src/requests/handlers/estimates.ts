import {
  type EstimateRequests,
  estimateWait,
  lineOrder,
  managerLine,
  opensAt,
  type Ticket,
  type Topic,
  topicLine,
  type WaitingEstimate,
} from '@dowellchat/protocol'
import type { TimedState } from '../../delivery/followed-lines.ts'
import { countBefore } from '../../delivery/line-reading.ts'
import { RequestError } from '../../errors.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireTicket } from './access.ts'

const endOfTime = '9999-12-31T23:59:59.999Z'

/** A place in a line. */
interface Asked extends Pick<WaitingEstimate, 'product' | 'ticket_id' | 'line' | 'order'> {
  readonly isOnHold: boolean
}

export const estimateHandlers: Handlers<EstimateRequests> = {
  async get_estimate(payload, context) {
    const asked =
      'product' in payload
        ? await placeOfNew(context, payload.product)
        : placeOf(await requireTicket(context, payload.ticket_id))
    const key = { workspace_id: context.session.workspace_id, line: asked.line }
    // Before it is read: what happens from then on is told.
    context.connection.followLine(key)
    const isOfTopic = asked.line === topicLine(asked.product)
    const topic = isOfTopic ? null : await context.store.topics.get(key.workspace_id, asked.product)
    // Nothing is awaited from there to the answer.
    return estimateAt(asked, await context.lineMoves.state(key, asked.product), topic?.hours ?? null)
  },
}

/** Where a ticket would stand that was opened now. */
async function placeOfNew({ session, store }: Context, product: string): Promise<Asked> {
  if (!(await store.topics.get(session.workspace_id, product)))
    throw new RequestError('not_found', `Topic ${product} does not exist`)
  // Behind all that come until it is opened, too: whoever counts on is right then.
  const order = lineOrder({ priority: 'normal', enqueued_at: endOfTime, _id: '' })
  return { product, ticket_id: null, line: topicLine(product), order, isOnHold: false }
}

function placeOf(ticket: Ticket): Asked {
  const { _id: ticket_id, product, state, line_manager, answered_at } = ticket
  if (state === 'closed') throw new RequestError('conflict', 'The ticket is closed')
  const isWaited = state === 'waiting' || state === 'assigned' || answered_at === null
  if (!isWaited) throw new RequestError('conflict', 'The ticket is answered')
  const line = line_manager === null ? topicLine(product) : managerLine(line_manager)
  return { product, ticket_id, line, order: lineOrder(ticket), isOnHold: state === 'on_hold' }
}

/** @param hours of its topic, which the line of a line manager knows nothing of but that it is closed */
function estimateAt(
  { isOnHold, ...asked }: Asked,
  state: TimedState,
  hours: Topic['hours'],
): WaitingEstimate {
  const { orders, speed, computed_at } = state
  const ahead = countBefore(orders, asked.order)
  const isClosed = state.closed.includes(asked.product)
  const reason = isOnHold ? 'on_hold' : isClosed ? 'closed_hours' : state.reason
  const opens_at = isClosed ? opensAt(hours, computed_at) : state.opens_at
  const wait = reason === null ? estimateWait(ahead, speed) : null
  const { low, middle, high } = wait ?? { low: null, middle: null, high: null }
  const place = { ...asked, position: ahead + 1, ahead }
  return { ...place, speed, low, middle, high, reason, opens_at, computed_at }
}
