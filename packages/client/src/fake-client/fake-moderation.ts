import type { PayloadOf } from '@dowellchat/protocol'
import type { DataOf, Report } from '../entities.ts'
import { uuid } from '../uuid.ts'
import { type FakeWorld, now } from './fake-world.ts'

/** Answers reports and blocks. */
export function fakeModeration({ streams, user_id, push, refuse }: FakeWorld) {
  /** The oldest first. */
  const reports: Report[] = []
  /** What each cid has reported. */
  const reported = new Map<string, string>()
  const blocked = new Map<string, string>()

  function targetOf(payload: PayloadOf<'report'>): Pick<Report, 'user_id' | 'stream' | 'seq' | 'message'> {
    if ('user_id' in payload) return { user_id: payload.user_id, stream: null, seq: null, message: null }
    const { stream, seq, message_id } = payload
    const message = streams.find(payload)
    if (!message) return refuse('not_found', `Message ${message_id} does not exist in ${stream}`)
    return { user_id: message.author, stream, seq, message }
  }

  function block(other: string, is_blocked: boolean): void {
    if (is_blocked) blocked.set(other, now())
    else blocked.delete(other)
    push('block_changed', { blocked_by: user_id, user_id: other, is_blocked })
  }

  return {
    report(payload: PayloadOf<'report'>): DataOf<'report'> {
      const { reason, cid } = payload
      const known = reported.get(cid)
      if (known !== undefined) return { report_id: known }
      const open = { resolved_at: null, resolved_by: null, resolution: null }
      const made = { reported_by: user_id, reason, created_at: now(), ...open, ...targetOf(payload) }
      if (made.user_id === user_id)
        refuse('conflict', made.message ? 'This message is your own' : 'This is you')
      const report = { _id: uuid(), ...made }
      reported.set(cid, report._id)
      reports.push(report)
      push('report_changed', { data: report })
      return { report_id: report._id }
    },

    get_reports({ is_resolved, before, limit = 50 }: PayloadOf<'get_reports'>): DataOf<'get_reports'> {
      const all = reports
        .toReversed()
        .filter(({ resolved_at }) => is_resolved === undefined || (resolved_at !== null) === is_resolved)
      const from = before === undefined ? 0 : all.findIndex(({ _id }) => _id === before) + 1
      return { reports: all.slice(from, from + limit), more: all.length > from + limit }
    },

    resolve_report({ report_id, resolution }: PayloadOf<'resolve_report'>): Report {
      const at = reports.findIndex(({ _id }) => _id === report_id)
      const report = reports[at] ?? refuse('not_found', `There is no report ${report_id}`)
      if (report.resolved_at !== null) return report
      const resolved = { ...report, resolved_at: now(), resolved_by: user_id, resolution: resolution ?? null }
      reports[at] = resolved
      push('report_changed', { data: resolved })
      return resolved
    },

    block_user({ user_id: other }: PayloadOf<'block_user'>): DataOf<'block_user'> {
      if (other === user_id) refuse('invalid_payload', 'user_id: expected somebody else')
      block(other, true)
      return { user_id: other, blocked_at: blocked.get(other) ?? now() }
    },

    unblock_user({ user_id: other }: PayloadOf<'unblock_user'>): DataOf<'unblock_user'> {
      block(other, false)
      return { user_id: other }
    },

    get_blocked_users(): DataOf<'get_blocked_users'> {
      const all = [...blocked].map(([id, blocked_at]) => ({ user_id: id, blocked_at }))
      return { blocked_users: all.toReversed(), more: false }
    },
  }
}
