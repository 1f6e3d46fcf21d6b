import { randomUUID } from 'node:crypto'
import { isMessage, type Page } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { messagesIn, type TestSocket } from '../src/testing/connect.ts'
import { range } from '../src/testing/store-cases/making.ts'
import { describeTwoServers } from './support/two-servers.ts'

const patience = { timeout: 20_000 }
const deadlineMs = 30_000

function say(socket: TestSocket, message_data: string) {
  return socket.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })
}

for (const withRedis of [true, false]) {
  describeTwoServers(
    `A room that people join while another server writes to it, ${withRedis ? 'with' : 'without'} Redis`,
    ({ newUrl, open }) => {
      it('[NS7] gives everybody who joins all of it, once and in order', async () => {
        const [east, west] = await open(newUrl(), deadlineMs)
        const writer = await west.connect('writer')
        const { epoch } = await writer.request('join', { room: 'r' })
        const beginning = { epoch, seq: 0, id: null }
        const readers = await Promise.all(range(1, 24).map((n) => east.connect(`reader ${n}`)))
        const joins: Promise<[TestSocket, Page]>[] = []
        for (const n of range(1, 48)) {
          // In the midst of what is written, three at a time.
          if (n % 6 === 0)
            for (const [at, reader] of readers.splice(0, 3).entries()) {
              const from = at === 0 ? { position: beginning } : { limit: 190 + at }
              joins.push(reader.request('join', { room: 'r', ...from }).then((page) => [reader, page]))
            }
          await say(writer, `${n}`)
        }
        const texts = range(1, 48).map(String)
        for (const [reader, page] of await Promise.all(joins)) {
          const heard = () => [...page.entries.filter(isMessage), ...messagesIn(reader.frames)]
          await expect.poll(() => heard().length, patience).toBeGreaterThanOrEqual(texts.length)
          expect(heard().map(({ message_data }) => message_data)).toEqual(texts)
        }
        expect(joins).toHaveLength(24)
      })
    },
    { withRedis },
  )
}
