import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { messagesIn } from '../src/testing/connect.ts'
import { entriesOf, goDeaf, reachOf, talk } from './support/deaf.ts'
import { connectRaw } from './support/raw-socket.ts'
import { until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'
import { type Watched, watching } from './support/watched-io.ts'

describeTwoServers(
  'two servers on one MongoDB',
  ({ newUrl, open }) => {
    it('[OB7] leave out a deaf member of one while somebody writes at the other, and tell it the heads once it reads', async () => {
      const options = { limits: { outboundPushBytes: 32_768, headsMs: 2_000 } }
      const [[east, west], [, atWest]] = await watching(() => open(newUrl(), 10_000, options))
      const [writer, reader] = [await east.connect('writer'), await west.connect('reader')]
      await reader.request('join', { room: 'busy' })
      const deaf = await goDeaf(await connectRaw(west.url, 'deaf'), 'busy')

      const sent = await talk(writer, 'busy', () => (atWest as Watched).isLagging('deaf', 'busy'))
      const more = await talk(writer, 'busy', () => messagesIn(reader.frames).length > sent)
      const count = sent + more
      await until(() => expect(messagesIn(reader.frames)).toHaveLength(count))

      deaf.resume()
      await until(() => expect(reachOf(deaf)).toBe(count))
      expect(entriesOf(deaf)).toBeLessThan(count)
      const last = await writer.request('message_event', {
        room_id: 'busy',
        message_data: 'last',
        cid: randomUUID(),
      })
      await until(() => expect(deaf.frames.some((frame) => frame.includes(last._id))).toBe(true))

      // The heads of the other server's entry come from here too.
      await reader.first('heads', ({ heads }) => heads.some(({ head }) => head.id === last._id))
    })
  },
  { withRedis: true },
)
