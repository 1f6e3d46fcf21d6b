import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { StoreUnavailableError } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { keptLog } from './support/kept-log.ts'
import { answer, ring } from './support/phones.ts'
import { describeTwoServers } from './support/two-servers.ts'
import { wire } from './support/wire.ts'

describeTwoServers('two servers on one MongoDB', ({ newUrl }) => {
  it('[NO5] end no call of each other, though one that starts cannot see at first who else is there', async () => {
    const [url, bus] = [newUrl(), wire()]
    const open = async (failures: number) => {
      const store = await mongoStore({ url, deadlineMs: 10_000 })
      let left = failures
      const nodes = {
        ...store.nodes,
        beat: async (id: string) => {
          if (left-- > 0) throw new StoreUnavailableError('busy')
          await store.nodes?.beat(id)
        },
      } as typeof store.nodes
      const options = { keyPepper: 'the pepper of both servers', bus: bus.join(), logger: keptLog().logger }
      return openChat(onTestFinished, { ...options, store: { ...store, ...(nodes && { nodes }) } })
    }
    const east = await open(0)
    const [ann, bob] = [await east.connect('ann'), await east.connect('bob')]
    const callId = await ring(ann, 'bob')
    await open(2)
    await bob.request('answerCall', { callId, signal: answer })
    expect((await ann.heard(1)).map(([event]) => event)).toEqual(['callSignal'])
  })
})
