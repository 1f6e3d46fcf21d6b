import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { keyPepper, storedKey } from './support/stored-keys.ts'

vi.setConfig({ testTimeout: 60_000 })

describe.skipIf(noMongo)(`two servers on MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = await (mongoKinds[0] as (typeof mongoKinds)[number]).start()
  }, 60_000)
  afterAll(() => server.stop())

  it('[KE6] end what a key has opened within five seconds, whichever of them revokes it', async () => {
    const url = newDatabaseUrl(server)
    const open = async () =>
      openChat(onTestFinished, { store: await mongoStore({ url, deadlineMs: 20_000 }), keyPepper })
    const [east, west] = [await open(), await open()]
    const store = await mongoStore({ url })
    onTestFinished(() => store.close())
    const { secret } = await storedKey(store, { scopes: ['keys', 'audit'] })
    const operator = await east.connect('operator', { api_key: secret })
    const { key, secret: shopSecret } = await operator.request('create_key', {
      kind: 'server',
      cid: randomUUID(),
    })
    const shops = [
      await east.connect('shop', { api_key: shopSecret }),
      await west.connect('shop', { api_key: shopSecret }),
    ]
    const bystander = await west.connect('ann')

    const revokedAt = performance.now()
    await operator.request('revoke_key', { key_id: key._id })
    await Promise.all(shops.map((shop) => shop.closed()))

    expect(performance.now() - revokedAt).toBeLessThan(5_000)
    await bystander.settle()
    const again = west.open({ protocol: 1, workspace_id: 'demo', user_id: 'shop', api_key: shopSecret })
    expect(await again.next(1)).toMatchObject([['connect_error', { code: 'unauthenticated' }]])
    await expect.poll(async () => (await operator.request('get_audit', {})).entries.length).toBeGreaterThan(1)
  })
})
