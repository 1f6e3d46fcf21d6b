import {
  isMessage,
  type Message,
  type ModerationRequests,
  type PayloadOf,
  type Report,
} from '@dowellchat/protocol'
import { adminsOf } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import type { WorkspaceLimits } from '../../limits.ts'
import type { Creation, NewReport } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { fittingAnswer } from './fitting-answer.ts'
import { readableStream } from './stream-access.ts'

const defaultReports = 50

export const moderationHandlers: Handlers<ModerationRequests> = {
  async report(payload, context) {
    const { session, store, limits, fingerprint } = context
    const { workspace_id, user_id: reported_by } = session
    const target = 'stream' in payload ? await ofMessage(payload, context) : ofPerson(payload, context)
    const { reason, cid } = payload
    const most_open = limits.userOpenReports
    const ofGuests = session.is_guest && { most_guests_open: limits.guestsOpenReports }
    const made = { workspace_id, reported_by, reason, cid, fingerprint, most_open, ...ofGuests, ...target }
    const creation = await store.reports.create(made)
    const { row, created } = requireRow(creation, cid, 'Report', limitOf(creation, limits))
    if ('stream' in payload) await forgetErased(payload, row, context)
    announce(context, row, created)
    return { report_id: row._id }
  },

  async get_reports({ is_resolved, before, limit = defaultReports }, { session, store }) {
    const filter = {
      ...(is_resolved !== undefined && { is_resolved }),
      ...(before !== undefined && { before }),
    }
    const { reports, more } = await store.reports.list(session.workspace_id, { ...filter, limit })
    const fitting = fittingAnswer(reports)
    return { reports: fitting, more: more || fitting.length < reports.length }
  },

  async resolve_report({ report_id, resolution }, context) {
    const { session, store } = context
    const { workspace_id, user_id: by } = session
    const outcome = await store.reports.resolve(workspace_id, report_id, { by, text: resolution ?? null })
    if (!outcome) throw new RequestError('not_found', `Report ${report_id} does not exist`)
    announce(context, outcome.report, outcome.changed)
    return outcome.report
  },
}

type OfMessage = Extract<PayloadOf<'report'>, { stream: string }>
type OfPerson = Extract<PayloadOf<'report'>, { user_id: string }>
type Target = Pick<NewReport, 'user_id' | 'stream' | 'seq' | 'message'>

async function ofMessage({ stream, seq, message_id }: OfMessage, context: Context): Promise<Target> {
  const key = await readableStream(stream, context)
  const message = await messageAt(context, key, seq)
  if (message?._id !== message_id)
    throw new RequestError('not_found', `Message ${message_id} does not exist in ${stream}`)
  if (message.author !== null && context.session.user_ids.includes(message.author))
    throw new RequestError('conflict', 'This message is your own')
  return { user_id: message.author, stream, seq, message: copyOf(message) }
}

/** Anybody, whether they exist or not. */
function ofPerson({ user_id }: OfPerson, { session }: Context): Target {
  if (session.user_ids.includes(user_id)) throw new RequestError('conflict', 'This is you')
  return { user_id, stream: null, seq: null, message: null }
}

/** What its author has made it; nothing of others. */
function copyOf(message: Message): Message {
  const { quote: _quote, reactions: _reactions, pinned_at: _at, pinned_by: _by, ...copy } = message
  return copy
}

async function messageAt(
  { store }: Context,
  key: Awaited<ReturnType<typeof readableStream>>,
  seq: number,
): Promise<Message | undefined> {
  const { entries } = await store.streams.entries(key, seq - 1)
  const [first] = entries
  // The text is an entry's that a store of ours made.
  const entry = first && JSON.parse(first.text)
  return entry && isMessage(entry) && entry.seq === seq ? entry : undefined
}

/** Looks again once the report is there: whoever erases the author looks for reports only after the messages are gone. */
async function forgetErased({ stream, seq }: OfMessage, { _id }: Report, context: Context): Promise<void> {
  const { workspace_id } = context.session
  const message = await messageAt(context, { workspace_id, stream }, seq)
  if (message?.reason === 'erased') await context.store.reports.forgetMessage(workspace_id, _id)
}

/** A repeated request sends the report again wherever it may be missing. */
function announce({ session, notify, resend }: Context, data: Report, isNew: boolean): void {
  if (isNew) notify(adminsOf(session.workspace_id), 'report_changed', { data })
  else resend('report_changed', { data })
}

function limitOf(creation: Creation<Report>, limits: WorkspaceLimits): string {
  const [most, whose] =
    'conflict' in creation && creation.conflict === 'guests_limit'
      ? [limits.guestsOpenReports, "this workspace's guests'"]
      : [limits.userOpenReports, 'your']
  return `${most} of ${whose} reports wait for an answer, which is the most that may`
}
