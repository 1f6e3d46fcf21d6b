import type { Store } from '../../../packages/server/src/stores/store.ts'
import { makeTicket, workspace } from '../stores/drafts.ts'
import { pick, type Random } from '../stores/random.ts'

/** One line manager's open tickets, as many as there is room for. */
export interface Line {
  readonly store: Store
  readonly open: string[]
  readonly random: Random
}

type Time = <T>(what: string, step: () => Promise<T>) => Promise<T>

/** Does each kind of step once; afterwards as many tickets are open as before. */
export async function eachStep({ store, open, random }: Line, time: Time): Promise<void> {
  const { tickets } = store
  const create = async () => {
    const creation = await tickets.create(makeTicket('ann', 'sales'))
    if (!('row' in creation)) throw new Error('A ticket was not stored')
    return creation.row
  }
  const take = () => open.splice(Math.floor(random() * open.length), 1)[0] ?? ''
  const close = () => tickets.close(workspace, take(), 'manager')

  await time('closing', close)
  const opened = await time('opening', create)
  const waiting = await time('opening, with nobody free', create)
  if (opened.line_manager === null || waiting.line_manager !== null) throw new Error('The line is not full')
  await close()
  const given = await time('assigning the next', () => tickets.assignWaiting(workspace))
  if (given.tickets[0]?._id !== waiting._id) throw new Error('The ticket that waited was not assigned')
  open.push(opened._id, waiting._id)
  await time('reading the newest', () => tickets.get(workspace, waiting._id))
  await time('reading any', () => tickets.get(workspace, pick(random, open)))
  await time("asking for another's", () => tickets.get(workspace, pick(random, open), ['zoe']))
  await time('asking for one that does not exist', () => tickets.get(workspace, 'none', ['zoe']))
  await time('a page of 50', () => tickets.list(workspace, { limit: 50 }))
  await time('the line managers', () => store.lineManagers.list(workspace))
}
