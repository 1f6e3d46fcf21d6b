import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messagesIn } from '../src/testing/connect.ts'
import { freePort } from './support/free-port.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { noRedis, RedisProcess } from './support/redis-process.ts'
import { expectRefused } from './support/refusal.ts'
import { shop, startProcess } from './support/server-process.ts'
import { message, room } from './support/shop-floor.ts'
import { connectAs, until } from './support/sockets.ts'

const password = 'canary-9be2#'
const noPackage = new URL('support/no-redis.mjs', import.meta.url).href
const missing = noMongo ?? noRedis

describe.skipIf(missing)(`the executable on Redis${missing ? `, which is not here: ${missing}` : ''}`, () => {
  let mongo: MongoServer
  let redis: RedisProcess
  beforeAll(async () => {
    mongo = (await mongoKinds[0]?.start()) as MongoServer
    redis = await RedisProcess.start('--requirepass', password)
  })
  afterAll(async () => {
    await mongo.stop()
    await redis.kill()
  })

  const urlOf = (secret: string) => redis.url.replace('//', `//:${encodeURIComponent(secret)}@`)
  const env = (REDIS_URL: string) => shop('unused', { MONGODB_URI: newDatabaseUrl(mongo), REDIS_URL })

  async function readyAt(url: string): Promise<unknown> {
    return (await fetch(`${url}/ready`)).json()
  }

  it('[EX41] speaks to the others on its database, and to no other database on the same Redis', async () => {
    const shared = env(urlOf(password))
    const servers = [await startProcess({ env: shared }), await startProcess({ env: shared })]
    const [east, west] = servers.map(({ url }) => url) as [string, string]
    const elsewhere = await startProcess({ env: env(urlOf(password)) })
    const [ann, ben] = [await connectAs(east, 'ann'), await connectAs(west, 'ben')]
    for (const one of [ann, ben]) await one.request('join', { room })
    const sent = await ann.request('message_event', message('hello'))
    await until(() => expect(messagesIn(ben.frames)).toEqual([sent]))
    const ready = { ready: true, reasons: [] }
    for (const url of [east, west])
      await expect.poll(() => readyAt(url)).toEqual({ ...ready, servers: { others: 1, redis: 'connected' } })
    await expect
      .poll(() => readyAt(elsewhere.url))
      .toEqual({ ...ready, servers: { others: 0, redis: 'connected' } })
    for (const server of [...servers, elsewhere]) {
      expect(await server.stop('SIGTERM')).toBe(0)
      expect(server.problems).toEqual([])
      expect(server.stdout + server.stderr).not.toContain('canary')
    }
  })

  it('[EX42] starts without Redis or with a wrong password, is ready, and says once what is wrong', async () => {
    const nowhere = `redis://127.0.0.1:${await freePort()}`
    const [away, wrong] = await Promise.all([
      startProcess({ env: env(nowhere) }),
      startProcess({ env: env(urlOf(`not-${password}`)) }),
    ])
    for (const server of [away, wrong])
      await expect
        .poll(() => readyAt(server.url))
        .toMatchObject({ ready: true, servers: { others: 0, redis: 'away' } })
    await until(() => expect([away, wrong].map(({ problems }) => problems.length)).toEqual([1, 1]))
    // Once means that no more comes.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(away.problems).toEqual([
      expect.stringMatching(/"level":40.*nothing listens there.*Redis cannot be reached/),
    ])
    expect(wrong.problems).toEqual([
      expect.stringMatching(/"level":50.*password is wrong.*Redis refuses the login/),
    ])
    for (const server of [away, wrong]) {
      expect(await server.stop('SIGTERM')).toBe(0)
      expect(server.stdout + server.stderr).not.toContain('canary')
    }
  })

  it('[EX43] says at the start of a server on MongoDB what needs Redis', async () => {
    const { REDIS_URL: _, ...alone } = env('')
    const server = await startProcess({ env: alone })
    expect(server.stdout).toMatch(/Several servers on this database need REDIS_URL: without it calls/)
    expect(await readyAt(server.url)).toMatchObject({ servers: { others: 0, redis: 'none' } })
  })

  it('[EX44] is refused without the package redis', async () => {
    const options = { env: env(urlOf(password)), preload: noPackage }
    await expectRefused(options, /the package redis is not installed/, /npm install redis@6/)
  })
})
