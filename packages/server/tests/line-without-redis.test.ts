import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('line managers of servers without Redis', ({ newUrl, open }) => {
  it('[LN19, LN20] are gone with a server that was killed, and stay while theirs lives', async () => {
    const url = newUrl()
    const [east, west] = await open(url, 10_000)
    const admin = await east.connect('root', { role: 'admin' })
    const rank = { positions_in_a_line: 1, average_serving_time: 5 }
    // Looked at in this order: once mia is gone, nobody else will be.
    for (const user_id of ['max', 'zoe', 'mia'])
      await admin.request('create_line_manager', { user_id, ...rank, cid: randomUUID() })
    await east.connect('max', { role: 'agent' })
    await west.connect('zoe', { role: 'agent' })
    const store = await mongoStore({ url, deadlineMs: 10_000 })
    onTestFinished(() => store.close())
    const online = async () =>
      (await store.lineManagers.list('demo'))
        .filter(({ availability }) => availability === 'online')
        .map(({ user_id }) => user_id)
        .sort()
    const leaves = () =>
      vi.waitFor(async () => expect(await online()).toEqual(['max', 'zoe']), { timeout: 40_000 })
    const comes = async () => {
      await store.lineManagers.attend('demo', 'mia', { is_connected: true, at: new Date().toISOString() })
      expect(await online()).toContain('mia')
    }

    // She was there when all servers ended.
    await comes()
    await leaves()
    // Now she is at a third one, which is killed.
    await store.nodes?.beat('third')
    await comes()
    await leaves()

    // Whatever a round finds where no server has ended, nobody is said to be gone for a moment.
    for (let n = 0; n < 4; n++) {
      await east.server.clock.advance(0)
      expect(await online()).toEqual(['max', 'zoe'])
    }
  })
})
