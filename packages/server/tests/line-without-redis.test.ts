import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { newLineManager } from '../src/testing/store-cases/making.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('line managers of servers without Redis', ({ newUrl, open }) => {
  it('[LN19, LN20] are gone with a server that was killed, and stay while theirs lives', async () => {
    const url = newUrl()
    const store = await mongoStore({ url, deadlineMs: 30_000 })
    onTestFinished(() => store.close())
    // She was there when all servers ended, and does not come back.
    await store.lineManagers.create(newLineManager('mia', { workspace_id: 'demo', positions_in_a_line: 2 }))
    const attend = () =>
      store.lineManagers.attend('demo', 'mia', { is_connected: true, at: new Date().toISOString() })
    await attend()
    const [east, west] = await open(url, 30_000)
    const admin = await east.connect('root', { role: 'admin' })
    const rank = { positions_in_a_line: 1, average_serving_time: 5 }
    // Mia is behind them, and looked at last: once she is gone, nobody else will be.
    for (const user_id of ['max', 'zoe'])
      await admin.request('create_line_manager', { user_id, ...rank, cid: randomUUID() })
    await east.connect('max', { role: 'agent' })
    await west.connect('zoe', { role: 'agent' })
    const online = async () =>
      (await store.lineManagers.list('demo'))
        .filter(({ availability }) => availability === 'online')
        .map(({ user_id }) => user_id)
        .sort()
    const leaves = () =>
      vi.waitFor(async () => expect(await online()).toEqual(['max', 'zoe']), { timeout: 40_000 })

    await leaves()
    // Now she is at a third one, which is killed.
    await attend()
    expect(await online()).toContain('mia')
    await store.nodes?.beat('third')
    await leaves()

    // Whatever a round finds where no server has ended, nobody is said to be gone for a moment.
    for (let n = 0; n < 4; n++) {
      await east.server.clock.advance(0)
      expect(await online()).toEqual(['max', 'zoe'])
    }
  })
})
