import { roomStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { draft, range } from '../src/testing/store-cases/making.ts'
import { withLimits } from './support/attacks.ts'
import { eventually, found, searchWorkspaces } from './support/searching.ts'

it('[FT3] looks in as many rooms of a long list, however many of them are joined', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const rooms = range(1, 300).map((n) => `room-${n}`)
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
  const entering = rooms.map((room, n) => ({ user_ids: ['ann'], stream: roomStream(room), at: at(n) }))
  await store.readers.enter('demo', entering.slice(0, 150))
  await store.readers.enter('demo', entering.slice(150))
  const oldest = { workspace_id: 'demo', stream: roomStream('room-1') }
  await store.streams.append(oldest, [draft({ message_data: 'a needle' })])
  const chat = await openChat(onTestFinished, {
    ...withLimits({ socketPoints: 10_000, socketStreams: 1_000 }),
    store,
    workspaces: searchWorkspaces,
  })
  const ann = await chat.connect('ann')
  await eventually(ann, 'needle', 1)
  for (const room of rooms.slice(40)) await ann.request('join', { room, limit: 1 })
  expect(await found(ann, 'needle')).toEqual(['a needle'])
})
