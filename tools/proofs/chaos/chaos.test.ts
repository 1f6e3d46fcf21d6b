import { expect, it } from 'vitest'
import type { Message } from '../../../packages/protocol/src/index.ts'
import { logOf } from '../recount/log.ts'
import { seen } from '../recount/shown.ts'
import { isGood, judge } from './check.ts'
import { Heard } from './heard.ts'
import { runSeeds } from './seeds.ts'
import type { Talker } from './talker.ts'
import { weather } from './weather.ts'

const timeout = 300_000

it('loses, repeats and disorders nothing behind links that break, while the server is killed and stopped', {
  timeout,
}, async () => {
  const plan = {
    sdk: 4,
    plain: 2,
    devices: 1,
    isHasty: true,
    rooms: 2,
    loadMs: 9_000,
    clientFaultMs: 300,
    serverFaultMs: 3_500,
    talkMs: 300,
  }
  const figures = await weather({ ...plan, program: 'source', seed: 1 })
  expect(figures).toMatchObject({
    examples: [],
    problems: [],
    undecided: 0,
    notLevel: 0,
    done: { wrong: [] },
  })
  expect(figures.clientFaults).toBeGreaterThan(20)
  expect(figures.accepted).toBeGreaterThan(50)
})

it('shows every client the log in the end, whatever the store and the links do', { timeout }, async () => {
  const figures = await runSeeds([1, 2, 3, 4, 5, 6], 6)
  expect(figures).toMatchObject({ seeds: 6, wrong: [] })
  expect(figures.stored).toBe(figures.sent)
  expect(figures.storeFaults).toBeGreaterThan(0)
})

const log = ['one', 'two'].map((message_data, at) => {
  const place = { _id: `id ${at + 1}`, seq: at + 1, nth: at + 1, stream: 'room:r' }
  // What nobody judges is left out.
  return { ...place, type: 'message', kind: 'text', cid: `cid ${at}`, author: 'ann', message_data } as Message
})
const level = log.map((message) => `${seen(message)} sent`)

/** Somebody whose list shows this, one look after the other. */
function reader(looks: readonly (readonly Message[])[], shown: readonly string[] = level): Talker {
  const heard = new Heard()
  for (const look of looks) heard.look(look)
  const outcome = { _id: 'id 1', seq: 1, nth: 1 }
  const sent = [{ room: 'r', text: 'one', outcome }]
  // Only its link is missing, which nobody judges.
  return {
    kind: 'sdk',
    user: 'ann',
    sent,
    heard: new Map([['r', heard]]),
    isIdle: true,
    shown: () => ({ rows: shown, hasOlder: false }),
  } as unknown as Talker
}

it('finds what is lost, repeated, out of order, false or missing', () => {
  const [one, two] = log as [Message, Message]
  const verdict = (talker: Talker, stored = log) => judge([talker], new Map([['r', logOf('room:r', stored)]]))
  expect(isGood(verdict(reader([[one], log])))).toBe(true)
  expect(verdict(reader([log]), [two])).toMatchObject({ lost: 1 })
  expect(verdict(reader([log]), [one, { ...two, cid: one.cid }])).toMatchObject({ repeated: 1 })
  expect(verdict(reader([[one, one]]))).toMatchObject({ repeated: 1 })
  expect(verdict(reader([[two, one]]))).toMatchObject({ disordered: 1 })
  expect(verdict(reader([[{ ...one, _id: 'another' }]]))).toMatchObject({ falselyShown: 1 })
  expect(verdict(reader([log], level.slice(1)))).toMatchObject({ notLevel: 1 })
  const reactions = [{ reaction: 'ok', count: 1, user_ids: ['ben'] }]
  expect(verdict(reader([log]), [one, { ...two, reactions }])).toMatchObject({ miscounted: 1, notLevel: 1 })
})
