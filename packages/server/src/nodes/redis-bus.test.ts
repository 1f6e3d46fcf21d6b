import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { selfSigned } from '../../tests/support/certificates.ts'
import { freePort } from '../../tests/support/free-port.ts'
import { keptLog } from '../../tests/support/kept-log.ts'
import { noRedis, RedisProcess } from '../../tests/support/redis-process.ts'
import { until } from '../../tests/support/sockets.ts'
import { StartError } from '../errors.ts'
import { type RedisBusOptions, redisBus } from './redis-bus.ts'

const password = 'canary-51c0ffee'

/** A bus that has been started, what it hears and what it logs. */
async function joined(options: RedisBusOptions) {
  const bus = redisBus(options)
  const heard: string[] = []
  const log = keptLog()
  onTestFinished(() => bus.stop())
  await bus.start((text) => heard.push(text), log.logger)
  return { bus, heard, log, options }
}

type Joined = Awaited<ReturnType<typeof joined>>

/** Says something until the other has it: the first may be lost. */
async function expectHears(to: Joined, from: Joined): Promise<void> {
  const text = `${Math.random()}`
  await until(() => {
    from.bus.publish(text)
    expect(to.heard).toContain(text)
  })
}

/** Commands to a Redis from somebody who stays out of the way. */
async function administrate(url: string, ...commands: string[][]): Promise<void> {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  for (const command of commands) await client.sendCommand(command)
  client.destroy()
}

describe.skipIf(noRedis)(`the bus over Redis${noRedis ? `, which is not here: ${noRedis}` : ''}`, () => {
  let redis: RedisProcess
  beforeAll(async () => {
    redis = await RedisProcess.start()
  })
  afterAll(() => redis.kill())

  it('[NB2] carries texts to everybody on the channel, and to nobody else on the same Redis', async () => {
    const [one, two] = [await joined({ url: redis.url }), await joined({ url: redis.url })]
    const other = await joined({ url: redis.url, channel: 'another' })
    const texts = ['', 'a', 'ä€\u{1f600}\n', 'x'.repeat(100_000)]
    for (const text of texts) one.bus.publish(text)
    await until(() => expect([one.heard, two.heard]).toEqual([texts, texts]))
    expect(other.heard).toEqual([])
    expect(one.log.messages()).toEqual(['Redis is connected'])
    await other.bus.stop()
    other.bus.publish('late')
    expect(other.bus.isConnected).toBe(false)
  })

  it.each([
    ['the receiving connections', ['CLIENT', 'KILL', 'TYPE', 'pubsub']],
    ['the sending connections', ['CLIENT', 'KILL', 'TYPE', 'normal']],
  ])('[NB3] comes back after Redis has closed %s, and says so', async (_, command) => {
    const [one, two] = [await joined({ url: redis.url }), await joined({ url: redis.url })]
    await administrate(redis.url, command)
    await until(() => expect(one.log.messages().at(-1)).toBe('Redis is back'))
    await expectHears(two, one)
    await expectHears(one, two)
    expect(one.log.messages()).toEqual([
      'Redis is connected',
      'The connection to Redis is lost',
      'Redis is back',
    ])
  })

  it('[NB3] starts without Redis, and connects once it is there, killed or not', async () => {
    const own = await RedisProcess.start()
    onTestFinished(() => own.kill())
    await own.kill()
    const [one, two] = [await joined({ url: own.url }), await joined({ url: own.url })]
    expect(one.bus.isConnected).toBe(false)
    one.bus.publish('to nobody')
    await own.restart()
    await expectHears(two, one)
    await own.kill()
    await until(() => expect(one.bus.isConnected).toBe(false))
    await own.restart()
    await expectHears(one, two)
    expect(one.heard).not.toContain('to nobody')
    expect(one.log.lines.map(({ message, fields }) => [message, fields.reason])).toEqual([
      ['Redis cannot be reached', 'the connection is refused: nothing listens there'],
      ['Redis is connected', undefined],
      ['The connection to Redis is lost', expect.any(String)],
      ['Redis is back', undefined],
    ])
  })

  it('[NB4] notices a Redis that hangs, drops what it cannot send, and is back when Redis is', async () => {
    const own = await RedisProcess.start()
    onTestFinished(() => own.kill())
    const [one, two] = [await joined({ url: own.url }), await joined({ url: own.url })]
    own.hang()
    await until(() => expect(one.bus.isConnected).toBe(false))
    for (let n = 0; n < 100_000; n++) one.bus.publish(`late ${n}`)
    // Long enough to be given up, and for new connections that hang in the greeting.
    await until(() => expect(one.log.messages()).toContain('The connection to Redis is lost'))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    own.goOn()
    await expectHears(two, one)
    await expectHears(one, two)
    expect(two.heard.filter((text) => text.startsWith('late'))).toEqual([])
    expect(one.log.messages()).toEqual([
      'Redis is connected',
      'The connection to Redis is lost',
      'Redis is back',
    ])
    // Nothing that was given up stays connected: two for each, and one that asks.
    const asking = createClient({ url: own.url })
    await asking.connect()
    await until(async () =>
      expect(
        String(await asking.sendCommand(['CLIENT', 'LIST']))
          .trim()
          .split('\n'),
      ).toHaveLength(5),
    )
    asking.destroy()
  })

  it('[NB5] says that its login is refused, without the password, and enters when it is right', async () => {
    const own = await RedisProcess.start('--requirepass', 'another')
    onTestFinished(() => own.kill())
    const url = (login: string) => own.url.replace('//', `//${login}@`)
    const wrong = await joined({ url: url(`:${password}`) })
    const none = await joined({ url: own.url })
    expect(wrong.log.lines).toEqual([
      {
        level: 'error',
        message: 'Redis refuses the login',
        fields: { address: `127.0.0.1:${own.port}`, reason: 'the user or the password is wrong' },
      },
    ])
    expect(none.log.lines).toMatchObject([
      { level: 'error', fields: { reason: 'it wants a password, and the URL has none' } },
    ])
    await administrate(url(':another'), ['CONFIG', 'SET', 'requirepass', password])
    await until(() => expect(wrong.bus.isConnected).toBe(true))
    const right = await joined({ url: url(`default:${password}`) })
    await expectHears(right, wrong)
    expect(wrong.log.messages()).toEqual(['Redis refuses the login', 'Redis is connected'])
    expect(JSON.stringify([wrong.log.lines, none.log.lines])).not.toContain(password)
  })

  it('[NB5] needs the rights on its channel alone, and says which are missing', async () => {
    const own = await RedisProcess.start()
    onTestFinished(() => own.kill())
    const rights = ['resetchannels', '&dowellchat:*', '-@all', '+subscribe', '+ping']
    await administrate(
      own.url,
      ['ACL', 'SETUSER', 'chat', 'on', `>${password}`, ...rights, '+publish'],
      ['ACL', 'SETUSER', 'mute', 'on', `>${password}`, ...rights],
    )
    const as = (user: string, channel: string) =>
      joined({ url: own.url.replace('//', `//${user}:${password}@`), channel })
    const [one, two] = [await as('chat', 'dowellchat:a'), await as('chat', 'dowellchat:a')]
    await expectHears(two, one)
    const elsewhere = await as('chat', 'another')
    const mute = await as('mute', 'dowellchat:a')
    mute.bus.publish('unheard')
    const reason = 'this user may not publish and subscribe on the channel'
    expect(elsewhere.log.lines).toMatchObject([{ message: 'Redis cannot be reached', fields: { reason } }])
    await until(() =>
      expect(mute.log.lines.slice(1)).toMatchObject([
        { level: 'error', message: 'Redis takes nothing that is published', fields: { reason } },
      ]),
    )
  })

  it('[NB6] speaks TLS, and only to a Redis whose certificate is vouched for', async () => {
    const { key, cert, ca, remove } = selfSigned()
    onTestFinished(remove)
    const port = await freePort()
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
    const own = await RedisProcess.start('--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files)
    onTestFinished(() => own.kill())
    const url = `rediss://127.0.0.1:${port}`
    const [one, two] = [await joined({ url, tls: { ca } }), await joined({ url, tls: { ca } })]
    await expectHears(two, one)
    const wary = await joined({ url })
    expect(wary.log.lines).toMatchObject([
      { message: 'Redis cannot be reached', fields: { reason: expect.stringMatching(/self-signed/) } },
    ])
    const plain = await joined({ url: url.replace('rediss', 'redis') })
    expect(plain.bus.isConnected).toBe(false)
  })

  it('[NB5] is not made for a URL that is not understood, which is not shown', () => {
    const make = () => redisBus({ url: `http://:${password}@localhost` })
    expect(make).toThrow(StartError)
    expect(make).toThrow(/^redisBus: url: expected redis:\/\/(?!.*canary)/)
  })
})
