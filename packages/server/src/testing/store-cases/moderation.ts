import { randomUUID } from 'node:crypto'
import { Report } from '@dowellchat/protocol'
import type { NewReport, SlowMessage, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { ids, newReport, range, reportedMessage, rowOf } from './making.ts'
import { by, doneOf, make, muteOf } from './rooms.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const hour = 3_600_000
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

async function report(store: Store, change: Partial<NewReport> = {}): Promise<Report> {
  return rowOf(await store.reports.create(newReport(change)))
}

function slow(change: Partial<SlowMessage> = {}): SlowMessage {
  return { room: '~r', user_id: 'ben', cid: randomUUID(), every_ms: hour, ...change }
}

const mutingCases: readonly StoreCase[] = [
  oneStore('[MO11] mutes a member until a time, whatever else changes', async (store) => {
    const { _id } = await make(store, { members: ['ben', 'cat'] })
    const until = inMs(hour)
    const muted = doneOf(await store.rooms.change('acme', _id, muteOf('ben', until)))
    expectSame(muted.member?.muted_until, until, 'Muting answers the member')
    expectSame(muted.changes, [muted.member], 'A mute is a change of the member')
    const mutedUntil = async (...userIds: string[]) =>
      (await store.rooms.membership('acme', _id, userIds))?.muted_until
    expectSame(await mutedUntil('guest:1', 'ben'), until, 'A membership says until when')
    expectSame([await mutedUntil('cat'), await mutedUntil('ann')], [null, null], 'Others may write')
    doneOf(await store.rooms.change('acme', _id, { type: 'update', title: 'x', ...by('ann') }))
    expectSame(await mutedUntil('ben'), until, 'A mute stays')
    const page = await store.rooms.members('acme', _id, { limit: 9 })
    const listed = page?.members.map(({ muted_until }) => muted_until)
    expectSame(listed, [null, until, null], 'Members are listed with their mutes')
    doneOf(await store.rooms.change('acme', _id, { type: 'leave', ...by('ben') }))
    doneOf(await store.rooms.change('acme', _id, { type: 'add', user_ids: ['ben'], ...by('ann') }))
    expectSame(await mutedUntil('ben'), until, 'A mute stays for one who leaves and comes again')
    doneOf(await store.rooms.change('acme', _id, muteOf('ben', inMs(-1))))
    expectSame(await mutedUntil('ben'), null, 'A time that has passed mutes nobody')
    await store.rooms.change('acme', _id, muteOf('ben'))
    const ended = doneOf(await store.rooms.change('acme', _id, muteOf('ben', null)))
    expectSame([ended.changed, await mutedUntil('ben')], [true, null], 'A mute can be ended')
    const again = doneOf(await store.rooms.change('acme', _id, muteOf('ben', null)))
    expectSame(again.changed, false, 'Ending it again changes nothing')
  }),

  oneStore('[MO11] mutes neither owners nor strangers, and nobody in a direct room', async (store) => {
    const { _id } = await make(store)
    const direct = await make(store, { kind: 'direct' })
    const outcomes = [
      await store.rooms.change('acme', _id, muteOf('ann')),
      await store.rooms.change('acme', _id, muteOf('zoe')),
      await store.rooms.change('acme', _id, { ...muteOf('ben'), ...by('ben') }),
      await store.rooms.change('acme', direct._id, muteOf('ben')),
      await store.rooms.change('acme', '~nothing', muteOf('ben')),
    ]
    expectSame(
      outcomes.map((one) => 'refused' in one && one.refused),
      ['forbidden', 'not_found', 'forbidden', 'forbidden', 'not_found'],
      'What may not be is refused',
    )
    await store.rooms.change('acme', _id, muteOf('ben'))
    doneOf(await store.rooms.change('acme', _id, { type: 'leave', ...by('ann') }))
    const owner = await store.rooms.membership('acme', _id, ['ben'])
    expectSame([owner?.role, owner?.muted_until], ['owner', null], 'An owner is not muted')
  }),

  oneStore('[MO11] keeps the slow mode of a room', async (store) => {
    const { _id, slow_mode_ms } = await make(store)
    expectSame(slow_mode_ms, null, 'A new room has no slow mode')
    const update = (ms: number | null) =>
      store.rooms.change('acme', _id, { type: 'update', slow_mode_ms: ms, ...by('ann') })
    expectSame(doneOf(await update(5_000)).room.slow_mode_ms, 5_000, 'Slow mode is set')
    expectSame(doneOf(await update(5_000)).changed, false, 'Setting it again changes nothing')
    const membership = await store.rooms.membership('acme', _id, ['ben'])
    expectSame(membership?.room.slow_mode_ms, 5_000, 'A membership says so')
    expectSame((await store.rooms.get('acme', _id))?.slow_mode_ms, 5_000, 'So does the room')
    expectSame(doneOf(await update(null)).room.slow_mode_ms, null, 'Slow mode is ended')
  }),

  oneStore('[MO12] lets a member of a room with slow mode send one message at a time', async (store) => {
    const first = slow()
    expectSame(await store.rooms.pace('acme', first), 0, 'The first message is let through')
    const left = await store.rooms.pace('acme', slow())
    expectTrue(left > hour - 60_000 && left <= hour, 'Whoever sends another one has to wait', left)
    expectSame(await store.rooms.pace('acme', first), 0, 'A repetition is let through')
    const others = [slow({ user_id: 'cat' }), slow({ room: '~s' })]
    for (const one of others) expectSame(await store.rooms.pace('acme', one), 0, 'Others need not wait')
    expectSame(await store.rooms.pace('other', slow()), 0, 'Nor does one of that name in another workspace')
    const shorter = await store.rooms.pace('acme', slow({ every_ms: 1_000 }))
    expectTrue(shorter > 0 && shorter <= 1_000, 'A slow mode that is shorter now holds at once', shorter)
    const quick = slow({ room: '~t', every_ms: 1 })
    await store.rooms.pace('acme', quick)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expectSame(await store.rooms.pace('acme', { ...quick, cid: randomUUID() }), 0, 'Time passes')
  }),

  threeStores('[MO12] lets one of several messages through, however many connections ask', async (stores) => {
    const asked = range(1, 12).map((n) => (stores[n % stores.length] as Store).rooms.pace('acme', slow()))
    const left = await Promise.all(asked)
    expectSame(left.filter((ms) => ms === 0).length, 1, 'One message is let through')
  }),

  threeStores('[MO11] keeps every mute of several that are made at once', async (stores) => {
    const names = range(1, 9).map((n) => `user ${n}`)
    const [store] = stores as [Store]
    const { _id } = await make(store, { members: names })
    await Promise.all(
      names.map(async (name, n) =>
        doneOf(await (stores[n % stores.length] as Store).rooms.change('acme', _id, muteOf(name))),
      ),
    )
    const page = await store.rooms.members('acme', _id, { limit: 50 })
    const muted = page?.members.filter(({ muted_until }) => muted_until !== null)
    expectSame(muted?.length, names.length, 'Of mutes that are made at once none is lost')
  }),
]

const reportCases: readonly StoreCase[] = [
  oneStore('[MO13] keeps a report once per cid, with the message as it was', async (store) => {
    const request = newReport()
    const made = await Promise.all([store.reports.create(request), store.reports.create(request)])
    const first = rowOf(made[0])
    expectSame(first, Report.parse(first), 'A report is as the protocol has it')
    expectSame(made.map(rowOf), [first, first], 'A repeated cid is answered with the report')
    expectSame(first.message, reportedMessage(), 'A report has a copy of the message')
    const another = await store.reports.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    await report(store, { ...request, reported_by: 'cat' })
    expectSame(await store.reports.get('acme', first._id), first, 'get answers the report')
    expectSame(await store.reports.get('acme', 'unknown'), null, 'get answers null where there is none')
  }),

  oneStore('[MO13] lists reports newest first, in pages, and resolves each once', async (store) => {
    const made: Report[] = []
    for (const _ of range(1, 5)) made.unshift(await report(store))
    const list = async (filter: object) => {
      const { reports, more } = await store.reports.list('acme', { limit: 3, ...filter })
      return [ids(reports), more]
    }
    const all = ids(made)
    expectSame(await list({}), [all.slice(0, 3), true], 'A list has the newest first')
    expectSame(await list({ before: all[2] }), [all.slice(3), false], 'A page has those before a known one')
    const resolve = (id: string, text: string | null = 'Warned') =>
      store.reports.resolve('acme', id, { by: 'root', text })
    const resolved = await Promise.all([resolve(all[1] as string), resolve(all[1] as string)])
    expectSame(resolved.filter((one) => one?.changed).length, 1, 'A report is resolved once')
    const [one, other] = resolved.map((outcome) => outcome?.report)
    expectSame(one, other, 'Resolving it again changes nothing')
    expectSame([one?.resolved_by, one?.resolution], ['root', 'Warned'], 'Who has resolved it, and how')
    expectSame(await resolve('unknown'), null, 'What does not exist cannot be resolved')
    expectSame(await list({ is_resolved: true }), [[all[1]], false], 'Resolved ones are found')
    const open = all.filter((_, at) => at !== 1)
    expectSame(await list({ is_resolved: false }), [open.slice(0, 3), true], 'Open ones are found')
  }),

  oneStore('[MO13] keeps to the limit of open reports of one person', async (store) => {
    const create = (change: Partial<NewReport> = {}) =>
      store.reports.create(newReport({ most_open: 2, ...change }))
    const first = newReport({ most_open: 2 })
    const { _id } = rowOf(await store.reports.create(first))
    rowOf(await create())
    expectSame(await create(), { conflict: 'limit' }, 'No more are open than the limit allows')
    expectSame(rowOf(await store.reports.create(first))._id, _id, 'A repeated cid is answered nevertheless')
    rowOf(await create({ reported_by: 'cat' }))
    rowOf(await create({ workspace_id: 'other' }))
    await store.reports.resolve('acme', _id, { by: 'root', text: null })
    rowOf(await create())
    expectSame(await create(), { conflict: 'limit' }, 'A resolved one leaves room for one more')
  }),

  oneStore('[MO13] keeps to the limit of open reports of all guests of a workspace', async (store) => {
    const create = (reported_by: string, change: Partial<NewReport> = {}) =>
      store.reports.create(newReport({ reported_by, most_open: 9, most_guests_open: 2, ...change }))
    const first = newReport({ reported_by: 'guest:0', most_open: 9, most_guests_open: 2 })
    const { _id } = rowOf(await store.reports.create(first))
    rowOf(await create('guest:1'))
    const guestsFull = { conflict: 'guests_limit' }
    expectSame(await create('guest:2'), guestsFull, 'No more are open than the limit allows')
    expectSame(rowOf(await store.reports.create(first))._id, _id, 'A repeated cid is answered nevertheless')
    rowOf(await store.reports.create(newReport({ reported_by: 'cat', most_open: 9 })))
    rowOf(await create('guest:2', { workspace_id: 'other' }))
    await store.reports.resolve('acme', _id, { by: 'root', text: null })
    rowOf(await create('guest:2'))
    expectSame(await create('guest:3'), guestsFull, 'A resolved one leaves room for one more')
  }),

  threeStores('[MO13] keeps to the limit of reports through several connections at once', async (stores) => {
    const asked = range(1, 12).map((n) =>
      (stores[n % stores.length] as Store).reports.create(newReport({ most_open: 4 })),
    )
    const made = (await Promise.all(asked)).filter((one) => 'row' in one)
    expectSame(made.length, 4, 'As many are made as the limit allows')
  }),

  oneStore('[MO8] erases from reports the reporter, and the author with the message', async (store) => {
    const mentions = [{ user_id: 'zoe', start: 0, end: 3 }]
    const made = await report(store, { message: reportedMessage({ mentions }) })
    await store.reports.resolve('acme', made._id, { by: 'root', text: 'Warned' })
    const erase = async (user_id: string) => {
      const { rows } = await store.personal.read('acme', [user_id], null)
      await store.personal.erase('acme', rows, { [user_id]: `erased:of-${user_id}` })
      return (await store.reports.get('acme', made._id)) as Report
    }
    expectSame((await erase('zoe')).message?.mentions, [], 'Whom a message mentions is erased from it')
    const withoutReporter = await erase('ann')
    const { reported_by, reason } = withoutReporter
    expectSame([reported_by, reason], [null, ''], 'An erased reporter leaves neither name nor words')
    expectSame(withoutReporter.message?.message_data, 'You …', 'The message of somebody else stays')
    const withoutAuthor = await erase('ben')
    const { message, user_id } = withoutAuthor
    expectSame(
      [message?.message_data, message?.author, message?.kind, message?.reason, user_id],
      ['', null, 'removed', 'erased', null],
      'An erased author leaves no text',
    )
    const { resolved_by, resolution } = await erase('root')
    expectSame([resolved_by, resolution], ['erased:of-root', null], 'Nor an admin their words')
    rowOf(await store.reports.create(newReport()))
  }),

  oneStore('[MO8] forgets the message of somebody who is erased while it is reported', async (store) => {
    const { _id } = await report(store)
    for (const _ of range(1, 2)) await store.reports.forgetMessage('acme', _id)
    const left = await store.reports.get('acme', _id)
    expectSame([left?.message?.message_data, left?.user_id], ['', null], 'Nothing is left of it')
    const text = JSON.stringify(await store.personal.read('acme', ['ben'], null))
    expectTrue(!text.includes('ben'), 'Nor of its author', text)
    await store.reports.forgetMessage('acme', 'unknown')
  }),

  reopened(
    '[MO13] has reports, mutes and paces after a restart',
    async (store) => {
      const { _id: room } = await make(store)
      await store.rooms.change('acme', room, muteOf('ben'))
      await store.rooms.pace('acme', slow())
      return { room, made: await report(store) }
    },
    async (store, { room, made }) => {
      expectSame(await store.reports.get('acme', made._id), made, 'A report is there')
      const membership = await store.rooms.membership('acme', room, ['ben'])
      expectTrue(typeof membership?.muted_until === 'string', 'A mute is there')
      expectTrue((await store.rooms.pace('acme', slow())) > 0, 'A pace is there')
    },
  ),
]

export const moderationCases: readonly StoreCase[] = [...mutingCases, ...reportCases]
