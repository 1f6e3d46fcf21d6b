import { topicLine } from '@dowellchat/protocol'
import type { Store } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { ask } from './making.ts'
import { movedOf } from './moves.ts'

const [early, late] = ['2026-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z']
const predicted = { low: 1, middle: 2, high: 3 }

/** What is read of a line under the names that `fill` uses. */
export async function readLine({ tickets, lineManagers }: Store, workspace_id: string) {
  const { tickets: active } = await tickets.list(workspace_id, { order: 'last_activity', limit: 50 })
  return {
    active,
    observed: await lineManagers.observed(workspace_id, 'mia'),
    serving: await lineManagers.serving(workspace_id, 'billing'),
    inLine: await tickets.countInLine(workspace_id, 'billing'),
    orders: await tickets.ordersIn(workspace_id, topicLine('billing')),
    firstInLine: await tickets.firstInLine(workspace_id),
  }
}

/** Throws where one who asks in another workspace sees or moves tickets of `acme`: one that mia has, and one that waits. */
export async function expectForeignLine({ tickets, ...store }: Store, all: readonly string[]): Promise<void> {
  const [, had, waiting] = all as [string, string, string]
  for (const id of [had, waiting]) {
    const answers = [
      await tickets.place('other', id),
      await tickets.firstText('other', id),
      await tickets.move('other', id, { kind: 'hold' }, 'mia'),
      await tickets.update('other', id, { subject: 'x' }),
    ]
    expectSame(answers, [null, null, null, null], "Another workspace's ticket is as if there were none")
  }
  await tickets.update('acme', waiting, { predicted })
  const taken = [
    await tickets.takePredictions('other', all),
    (await tickets.takePredictions('acme', all)).length,
  ]
  expectSame(taken, [[], 1], "Another workspace's prediction is as if there were none")
  movedOf(await tickets.move('acme', waiting, { kind: 'take', line_manager: 'mia', cid: 'claim' }, 'mia'))
  const claimed = await tickets.claimed('other', 'mia', 'claim')
  expectSame(claimed, null, 'What was claimed in another workspace is as if nothing was')
  const isOpened = await tickets.has('empty', ['ann'], 'first')
  expectSame(isOpened, false, 'What was opened in another workspace is as if nothing was')
  const [answer] = await store.cannedAnswers.list('acme', { limit: 1 })
  const found = await store.cannedAnswers.get('other', answer?._id ?? '')
  expectSame(found, null, "Another workspace's answer is as if there were none")
}

/** Throws where what happens in the line of another workspace changes that of `acme` in what only this notices. */
export async function changeOtherLine(store: Store, all: readonly string[]): Promise<void> {
  const { tickets, lineManagers, topics } = store
  const [, had, waiting] = all as [string, string, string]
  await topics.update('other', 'billing', { title: 'x' })
  await lineManagers.update('other', 'mia', { capacity: 9 })
  await lineManagers.attend('other', 'mia', { chosen: 'away', at: early })
  await lineManagers.observe('other', 'mia', 'billing', 5)
  const finished = [
    await lineManagers.finish('other', 'mia', early),
    await lineManagers.finish('acme', 'mia', early),
  ]
  expectSame(finished, [null, null], 'When somebody has finished a ticket is known in its workspace alone')
  await tickets.touch('other', [{ ticket_id: had, at: late }])
  const texts = () => Promise.all([had, waiting].map((id) => tickets.firstText('acme', id)))
  const before = await texts()
  await tickets.firstSent('other', had)
  expectSame(await texts(), before, 'A first message was sent in its workspace alone')
  await ask(store, { workspace_id: 'other' })
  await tickets.handBack('other', 'mia', { limit: 9 })
  await lineManagers.remove('other', 'mia')
}
