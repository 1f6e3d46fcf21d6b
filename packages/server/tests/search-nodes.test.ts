import { randomUUID } from 'node:crypto'
import { roomStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import { eventually, found, foundBy, say, searchWorkspaces } from './support/searching.ts'
import { describeTwoServers } from './support/two-servers.ts'

const deadlineMs = 30_000

describeTwoServers(
  'search over two servers',
  (servers) => {
    it('[FT14] finds on each server what was written and changed on the other, and nothing that is gone', async () => {
      const [east, west] = await servers.open(servers.newUrl(), deadlineMs, { workspaces: searchWorkspaces })
      const ann = await east.connect('ann')
      const ben = await west.connect('ben')
      const cid = randomUUID()
      const { _id: room } = await ann.request('create_room', { kind: 'members', members: ['ben'], cid })
      const one = await say(ann, room, 'Äpfel one')
      const two = await say(ben, room, 'apfel two')
      await say(ben, room, 'apfel three')
      for (const socket of [ann, ben]) await eventually(socket, 'apfel', 3)
      const name = ({ stream, seq, _id }: typeof one) => ({ stream, seq, message_id: _id, cid: randomUUID() })
      await ann.request('edit_message', { ...name(one), message_data: 'plums one' })
      await ben.request('delete_message', name(two))
      for (const socket of [ann, ben]) {
        expect(await found(socket, 'apfel')).toEqual(['apfel three'])
        expect(await found(socket, 'plums')).toEqual(['plums one'])
      }
      await ann.request('remove_members', { room, members: ['ben'] })
      expect(await found(ben, 'plums')).toEqual([])
      expect(await ben.ask('search', { text: 'plums', rooms: [room] })).toMatchObject({
        error: { code: 'not_found' },
      })
    })

    it('[FT15] indexes what was there before, and what a server has left that has ended', async () => {
      const url = servers.newUrl()
      const store = await mongoStore({ url, deadlineMs })
      onTestFinished(() => store.close())
      const write = async (room: string, message_data: string) => {
        await store.streams.append({ workspace_id: 'demo', stream: roomStream(room) }, [
          draft({ message_data }),
        ])
      }
      await write('old', 'apple before')
      const [east, west] = await servers.open(url, deadlineMs, { workspaces: searchWorkspaces })
      const ann = await west.connect('ann')
      for (const room of ['old', 'lobby']) await ann.request('join', { room })
      await eventually(ann, 'apple', 1)
      // As a server leaves it that is killed after an append.
      await write('lobby', 'apple left behind')
      await east.close()
      await eventually(ann, 'apple', 2)
      expect(await foundBy(ann, 'apple', 'apple ')).toEqual(['before', 'left behind'])
    })
  },
  { withRedis: true },
)
