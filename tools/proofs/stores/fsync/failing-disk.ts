import type { Message } from '../../../../packages/protocol/src/index.ts'
import { putOnBadDisk } from '../../../../packages/server/tests/support/bad-disk.ts'
import { Findings } from '../kills/findings.ts'
import { History } from '../kills/history.ts'
import { openPlace } from '../open-place.ts'
import type { Driver } from '../place.ts'
import { type Program, ServerProcess } from '../server-process.ts'
import { everyWrite, message, openShop, room, type Write } from './shop.ts'

export interface ErrorFigures {
  /** Requests while every fsync failed, and how many of them were answered `unavailable`. */
  readonly requests: number
  readonly unavailable: number
  readonly heardByOthers: number
  readonly slowestMs: number
  /** Messages to the room, all retried once the disk worked again, and how many of them the log then has. */
  readonly sent: number
  readonly stored: number
  readonly holes: number
}

const messagesOfEach = 8

/** Makes every fsync fail: all requests must be refused, nobody may get a push of them, and each retry is stored once. */
export async function writeOnFailingDisk(driver: Driver, program: Program): Promise<ErrorFigures> {
  const place = await openPlace(driver)
  const server = await ServerProcess.start(program, place.env)
  try {
    const shop = await openShop(server)
    const [first] = shop.senders
    if (!first) throw new Error('There are eight senders')
    await send(message(first, 'the first'))
    // Once this is answered, its pushes have arrived.
    await shop.listener.get('get_all_topics', {})
    let heard = 0
    for (const person of [shop.listener, shop.agent, shop.admin, ...shop.senders]) person.hear(() => heard++)
    const messages = shop.senders.flatMap((by) =>
      Array.from({ length: messagesOfEach }, (_, at) => message(by, `refused ${at}`)),
    )
    const writes = [...messages, ...everyWrite(shop)]
    const repair = await putOnBadDisk(place.database?.pid ?? server.pid, 'error')
    const start = performance.now()
    const tookMs: number[] = []
    const answers = await Promise.all(
      writes.map(async ({ by, event, payload }) => {
        const answer = await by.ask(event, payload)
        tookMs.push(performance.now() - start)
        return answer.status === 'failure' ? answer.error.code : answer.status
      }),
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    const heardByOthers = heard
    await repair()
    // A database server stops when its disk has failed.
    await place.database?.restart()
    for (const write of writes) await send(write)
    const findings = new Findings()
    const history = new History(room)
    await history.readOn(shop.listener, findings)
    const sent = writes.filter(({ event }) => event === 'message_event').length + 1
    return {
      requests: writes.length,
      unavailable: answers.filter((answer) => answer === 'unavailable').length,
      heardByOthers,
      slowestMs: Math.max(...tookMs),
      sent,
      stored: history.byCid.size,
      holes: findings.total,
    }
  } finally {
    await server.stop()
    await place.remove()
  }
}

function send({ by, event, payload }: Write): Promise<Message> {
  return by.get<Message>(event, payload)
}
