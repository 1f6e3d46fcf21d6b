import { type FailedDelivery, streamOwner, type WebhookRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { fresh } from '../../stores/fields/deliveries.ts'
import type { DeliveryChange, DeliveryRow } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'

const defaultDeliveries = 50
const resumedAtOnce = 200
const replayedAtOnce = 100
const mostTries = 10

export const webhookHandlers: Handlers<WebhookRequests> = {
  async get_failed_deliveries({ webhook_id: consumer, after = '', limit = defaultDeliveries }, context) {
    await requireWebhook(context, consumer)
    const page = { consumer, after, limit: limit + 1, isFailing: true }
    const rows = await context.store.deliveries.list(context.session.workspace_id, page)
    return { deliveries: rows.slice(0, limit).map(shown), more: rows.length > limit }
  },

  async resume_webhook({ webhook_id: consumer, stream }, context) {
    await requireWebhook(context, consumer)
    const { store, session } = context
    const page = { consumer, after: '', limit: resumedAtOnce, isFailing: true }
    const failing =
      stream === undefined
        ? await store.deliveries.list(session.workspace_id, page)
        : [await requireDelivery(context, consumer, stream)]
    for (const row of failing) await restart(context, row, () => ({}))
    return { streams: failing.length, more: stream === undefined && failing.length === resumedAtOnce }
  },

  async replay_webhook({ webhook_id: consumer, stream, seq, since = '', after = '' }, context) {
    const { since: followed } = await requireWebhook(context, consumer)
    const { store, session } = context
    const { workspace_id } = session
    const from = async (row: DeliveryRow): Promise<DeliveryChange> => {
      const begin = seq ?? (await store.streams.madeBefore({ workspace_id, stream: row.stream }, since))
      return { seq: begin, epoch: null }
    }
    if (stream !== undefined) {
      await requireStreamUpTo(context, stream, seq)
      const note = { consumer, stream, since: followed, head: 1, due_at: isoNow() }
      await store.deliveries.note(workspace_id, [note])
      await restart(context, await requireDelivery(context, consumer, stream), from)
      return { streams: 1, next: null }
    }
    const rows = await store.deliveries.list(workspace_id, { consumer, after, limit: replayedAtOnce })
    // What is delivered once is no stream.
    const streams = rows.filter(({ event_text }) => event_text === null)
    for (const row of streams) await restart(context, row, from)
    return {
      streams: streams.length,
      next: rows.length < replayedAtOnce ? null : (rows.at(-1)?.stream ?? null),
    }
  },
}

/** The row that says since when a webhook follows the workspace. */
async function requireWebhook({ store, session }: Context, id: string): Promise<DeliveryRow> {
  const row = await store.deliveries.get(session.workspace_id, id, '')
  if (row) return row
  throw new RequestError('not_found', `Webhook ${id} has never followed this workspace`)
}

async function requireDelivery(
  { store, session }: Context,
  consumer: string,
  stream: string,
): Promise<DeliveryRow> {
  const row = stream === '' ? null : await store.deliveries.get(session.workspace_id, consumer, stream)
  if (row) return row
  throw new RequestError('not_found', `Webhook ${consumer} has been sent nothing of ${stream}`)
}

/** A stream of which webhooks may be told, and which has come to that seq. */
async function requireStreamUpTo({ store, session }: Context, stream: string, seq = 0): Promise<void> {
  const { kind } = streamOwner(stream)
  const isTold = kind !== null && kind !== 'notes'
  const [end] = isTold ? await store.streams.ends([{ workspace_id: session.workspace_id, stream }]) : []
  if (!end) throw new RequestError('not_found', `There is nothing of ${stream} that a webhook could be sent`)
  // What is written later would be left out up to there.
  if (seq > end.head.seq) throw new RequestError('invalid_payload', `seq: ${stream} ends at ${end.head.seq}`)
}

/** Makes a stream due at once. Servers that deliver it at the moment leave it then. */
async function restart(
  context: Context,
  row: DeliveryRow,
  changeOf: (row: DeliveryRow) => DeliveryChange | Promise<DeliveryChange>,
): Promise<void> {
  const { deliveries } = context.store
  const { workspace_id } = context.session
  for (let known: DeliveryRow | null = row, n = 0; known && n < mostTries; n++) {
    const change = { ...fresh, ...(await changeOf(known)), due_at: isoNow() }
    if (await deliveries.settle(workspace_id, known, change)) return
    known = await deliveries.get(workspace_id, row.consumer, row.stream)
  }
  throw new RequestError('conflict', `${row.stream} is being delivered: try again`)
}

function shown({ stream, seq, failing_since, problem, due_at, parked_at }: DeliveryRow): FailedDelivery {
  return { stream, seq, failing_since: failing_since ?? isoNow(), problem: problem ?? '', due_at, parked_at }
}
