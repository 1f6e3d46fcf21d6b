import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { type KeyStore, StoreUnavailableError } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { keyPepper, storedKey } from './support/stored-keys.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('two servers on MongoDB', ({ newUrl, open, openOne }) => {
  it('[KE6] end what a key has opened, whichever of them revokes it', async () => {
    const url = newUrl()
    const [east, west] = await open(url, 20_000, { keyPepper })
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

    // Five seconds on a machine that is not busy: [RV3] looks at the time alone.
    expect(performance.now() - revokedAt).toBeLessThan(15_000)
    await bystander.settle()
    const again = west.open({ protocol: 1, workspace_id: 'demo', user_id: 'shop', api_key: shopSecret })
    expect(await again.next(1)).toMatchObject([['connect_error', { code: 'unauthenticated' }]])
    await expect.poll(async () => (await operator.request('get_audit', {})).entries.length).toBeGreaterThan(1)
  })
  it('[KE6] end it though the clock of the one that revokes it is ahead', async () => {
    const url = newUrl()
    const [east, west] = [await mongoStore({ url }), await mongoStore({ url })]
    const ahead = new Date(Date.now() + 600_000).toISOString()
    const revoke: KeyStore['revoke'] = async (...args) => {
      const revoked = await east.keys.revoke(...args)
      return revoked && { ...revoked, key: { ...revoked.key, revoked_at: ahead } }
    }
    const [early, late] = [
      await openChat(onTestFinished, { store: { ...east, keys: { ...east.keys, revoke } }, keyPepper }),
      await openChat(onTestFinished, { store: west, keyPepper }),
    ]
    const { secret } = await storedKey(west, { scopes: ['keys'] })
    const operator = await early.connect('operator', { api_key: secret })
    const made = await operator.request('create_key', { kind: 'server', cid: randomUUID() })
    const shop = await late.connect('shop', { api_key: made.secret })
    await operator.request('revoke_key', { key_id: made.key._id })
    await shop.closed()
  })

  it.each([
    ['revokes', 'revoke_key', {}],
    ['rotates', 'rotate_key', { grace_ms: 0, cid: randomUUID() }],
  ] as const)('[KE6] end it though the store did not answer who %s it', async (_, name, asked) => {
    const url = newUrl()
    const store = await mongoStore({ url })
    const unanswered =
      <Args extends unknown[]>(write: (...args: Args) => Promise<unknown>) =>
      async (...args: Args): Promise<never> => {
        await write(...args)
        throw new StoreUnavailableError('its answer is lost')
      }
    const keys = {
      ...store.keys,
      revoke: unanswered(store.keys.revoke),
      rotate: unanswered(store.keys.rotate),
    }
    const east = await openChat(onTestFinished, { store: { ...store, keys }, keyPepper })
    const west = await openOne(url, 20_000, { keyPepper })
    const { secret } = await storedKey(store, { scopes: ['keys'] })
    const operator = await east.connect('operator', { api_key: secret })
    const made = await operator.request('create_key', { kind: 'server', cid: randomUUID() })
    const shops = [
      await east.connect('shop', { api_key: made.secret }),
      await west.connect('shop', { api_key: made.secret }),
    ]
    expect(await operator.refusal(name, { key_id: made.key._id, ...asked })).toBe('unavailable')
    await Promise.all(shops.map((shop) => shop.closed()))
  })
})
