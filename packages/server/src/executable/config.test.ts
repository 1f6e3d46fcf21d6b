import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StartError } from '../errors.ts'
import { type Config, readConfig } from './config.ts'

const secret = 'a secret of the shop with 32 letters'
const shop = { WORKSPACES: `shop:${secret}` }

function read(environment: Record<string, string>, isDemo = false): Config {
  return readConfig(environment, { isDemo })
}

/** The message with which a configuration is refused. */
function refusal(environment: Record<string, string>, isDemo = false): string {
  try {
    read(environment, isDemo)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return (error as StartError).message
  }
  throw new Error(`${JSON.stringify(environment)} was not refused`)
}

const demoKey = { key: 'demo-key', kinds: ['page', 'server'] }

describe('readConfig', () => {
  it('[CF1] needs nothing but a workspace', () => {
    expect(read(shop)).toEqual({
      port: 4000,
      host: undefined,
      dataDir: 'dowellchat-data',
      mongodbUri: undefined,
      workspaces: [{ id: 'shop', keys: [secret] }],
      keyPepper: undefined,
      tokens: undefined,
      v2: undefined,
      origins: undefined,
      trustedProxies: undefined,
      limits: {},
      metrics: undefined,
      logLevel: undefined,
    })
  })

  it('[CF2] takes what is set', () => {
    const pepper = 'sixteen letters!'
    const set = {
      ...shop,
      PORT: '0',
      HOST: '::1',
      SOCKET_PATH: '/chat/socket.io/',
      FRAME_ANCESTORS: 'self, https://intranet.example',
      DATA_DIR: '/srv/chat',
      MONGODB_URI: 'mongodb://db.example/chat',
      KEY_PEPPER: pepper,
      V2_WORKSPACE: 'shop',
      GUESTS: 'shop',
      SEARCH: 'shop',
      ORIGINS: 'https://chat.example, http://localhost:5173',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      LIMITS: 'userPoints=5,invalidRequestsV2=7',
      METRICS_PORT: '9090',
    }
    expect(read(set)).toEqual({
      port: 0,
      host: '::1',
      socketPath: '/chat/socket.io',
      frameAncestors: ['self', 'https://intranet.example'],
      dataDir: '/srv/chat',
      mongodbUri: 'mongodb://db.example/chat',
      workspaces: [
        { id: 'shop', keys: [{ key: secret, kinds: ['page'] }], v2: true, guests: true, search: true },
      ],
      keyPepper: pepper,
      v2: { workspace: 'shop' },
      origins: ['https://chat.example', 'http://localhost:5173'],
      trustedProxies: ['10.0.0.0/8', '::1'],
      limits: { userPoints: 5, invalidRequestsV2: 7 },
      metrics: { port: 9090, host: '::1' },
      tokens: undefined,
      logLevel: undefined,
    })
  })

  it('[OM34] serves metrics on loopback unless HOST is set', () => {
    expect(read({ ...shop, METRICS_PORT: '9090' }).metrics).toEqual({ port: 9090, host: '127.0.0.1' })
    expect(read({ ...shop, METRICS_PORT: '' }).metrics).toBeUndefined()
    expect(refusal({ ...shop, METRICS_PORT: '70000' })).toBe('METRICS_PORT: expected a port from 0 to 65535')
  })

  it('takes a level for the log', () => {
    expect(read({ ...shop, LOG_LEVEL: 'debug' }).logLevel).toBe('debug')
    expect(refusal({ ...shop, LOG_LEVEL: 'loud' })).toBe(
      'LOG_LEVEL: expected debug, info, warn, error, silent',
    )
  })

  it('[CF3] takes an empty variable for one that is not set, and looks at no other variables', () => {
    const empty = [
      'PORT',
      'HOST',
      'SOCKET_PATH',
      'FRAME_ANCESTORS',
      'DATA_DIR',
      'KEY_PEPPER',
      'V2_WORKSPACE',
      'TOKEN_SECRET',
      'TOKEN_JWKS',
      'TOKEN_ISSUER',
      'TOKEN_AUDIENCE',
      'ORIGINS',
      'TRUSTED_PROXIES',
      'GUESTS',
      'SEARCH',
      'MONGODB_URI',
    ]
    const set = Object.fromEntries(empty.map((name) => [name, '']))
    expect(read({ ...shop, ...set, HOME: '/root', port: 'abc' })).toEqual(read(shop))
  })

  it.each(['0', '80', '65535'])('[CF4] takes the port %s', (PORT) => {
    expect(read({ ...shop, PORT }).port).toBe(Number(PORT))
  })

  it.each(['abc', '65536', '70000', '-1', '80.5', '1e3', '0x50', ' 80', '/run/chat.sock', '٨٠'])(
    '[CF5] refuses the port %j, and says which there are',
    (PORT) => expect(refusal({ ...shop, PORT })).toBe('PORT: expected a port from 0 to 65535'),
  )

  it('[CF6] reads ids and keys, of which an id may have several', () => {
    const [one, two, three] = ['one', 'two', 'three:with:colons:'].map((key) => key.padEnd(32, '.'))
    const { workspaces } = read({ WORKSPACES: ` shop:${one}, bank:${two} ,shop:${three},new,` })
    expect(workspaces).toEqual([
      { id: 'shop', keys: [one, three] },
      { id: 'bank', keys: [two] },
      { id: 'new', keys: [] },
    ])
  })

  it.each(['shop=secret', ':secret', 'shop:', 'shop: ', 'sh\u0000op:secret', `shop:${'secret'.repeat(30)}`])(
    '[CF7] refuses the workspace %j by its place, without showing what may be a key',
    (entry) => {
      const text = refusal({ WORKSPACES: `shop:${'first'.padEnd(32)}.,${entry}` })
      expect(text).toContain('WORKSPACES: entry 2 is not <id>:<key>')
      expect(text).not.toContain('secret')
    },
  )

  it.each([{}, { WORKSPACES: '' }, { WORKSPACES: ' , ' }])(
    '[CF8] refuses to run without a workspace: %j',
    (set) => {
      expect(refusal(set)).toMatch(/set WORKSPACES=<id>:<key>, or start with --demo/)
    },
  )

  it('[CF9] takes a pepper of 16 characters and none that is shorter, and does not show it', () => {
    expect(read({ ...shop, KEY_PEPPER: 'p'.repeat(16) }).keyPepper).toBe('p'.repeat(16))
    expect(refusal({ ...shop, KEY_PEPPER: 'ppppppppppppppp' })).toBe(
      'KEY_PEPPER: expected at least 16 characters',
    )
  })

  it("[CF10] refuses a workspace for V2's clients that there is not", () => {
    expect(refusal({ ...shop, V2_WORKSPACE: 'demo' })).toBe('V2_WORKSPACE: demo is not among WORKSPACES')
  })

  const onMongo = { ...shop, MONGODB_URI: 'mongodb://db.example/chat', KEY_PEPPER: 'sixteen letters!' }
  const password = 'canary-7d1e'

  it.each([
    'redis://cache.example',
    `redis://:${password}@cache.example:6380`,
    `rediss://chat:${password}%23%2F@[::1]:6380/0`,
  ])('[CF11] takes the Redis %s', (REDIS_URL) => {
    expect(read({ ...onMongo, REDIS_URL }).redisUrl).toBe(REDIS_URL)
  })

  it.each([
    'localhost:6379',
    `http://:${password}@localhost`,
    `redis://:${password}@`,
    `redis://:${password}@localhost:99999`,
    `redis://:${password}@localhost:0`,
    `redis://:${password}%@localhost`,
    `redis://:${password}#@localhost`,
    `redis://:${password}@localhost/?db=1`,
    `redis://:${password}@localhost/chat`,
    'redis:localhost',
  ])('[CF11] refuses the Redis %j, and does not show it', (REDIS_URL) => {
    const message = refusal({ ...onMongo, REDIS_URL })
    expect(message).toMatch(/^REDIS_URL: expected redis:\/\/\[user:password@\]host\[:port\]/)
    expect(message).not.toContain(password)
  })

  it('[CF11] refuses a Redis without a MongoDB, which alone several servers share', () =>
    expect(refusal({ ...shop, REDIS_URL: 'redis://localhost' })).toMatch(
      /^REDIS_URL: .*set MONGODB_URI too, or remove REDIS_URL$/,
    ))

  it('[CF20] listens on this machine alone with --demo, unless HOST says otherwise', () => {
    expect(read({}, true).host).toBe('127.0.0.1')
    expect(read({ HOST: '0.0.0.0' }, true).host).toBe('0.0.0.0')
    expect(read(shop).host).toBeUndefined()
  })

  it("[CF12] admits guests and V2's clients to the workspace demo, and to no other, with --demo alone", () => {
    const demo = {
      id: 'demo',
      keys: [demoKey],
      v2: true,
      guests: true,
      search: true,
      customersMeet: 'anybody',
    }
    expect(read({}, true)).toMatchObject({ workspaces: [demo], v2: { workspace: 'demo' } })
    expect(read(shop, true)).toMatchObject({
      workspaces: [demo, { id: 'shop', keys: [secret] }],
      v2: { workspace: 'demo' },
    })
    const withShop = read({ ...shop, V2_WORKSPACE: 'shop' }, true)
    expect(withShop.workspaces).toContainEqual({
      id: 'shop',
      keys: [{ key: secret, kinds: ['page'] }],
      v2: true,
    })
    expect(withShop.v2).toEqual({ workspace: 'shop' })
    expect(read({ WORKSPACES: `demo:${secret}` }).workspaces).toEqual([{ id: 'demo', keys: [secret] }])
  })

  it('[CF13] gives the workspace demo its configured keys beside its own with --demo', () => {
    expect(read({ WORKSPACES: 'demo:secret' }, true).workspaces).toEqual([
      {
        id: 'demo',
        keys: [demoKey, { key: 'secret', kinds: ['page'] }],
        v2: true,
        guests: true,
        search: true,
        customersMeet: 'anybody',
      },
    ])
  })

  it('[CF18] makes the keys of V2 workspaces page keys, of any length, and the first one admits V2 sockets', () => {
    const set = { WORKSPACES: `shop:short,bank:${secret},cafe:tea`, V2_WORKSPACE: 'cafe, shop' }
    expect(read(set)).toMatchObject({
      v2: { workspace: 'cafe' },
      workspaces: [
        { id: 'shop', keys: [{ key: 'short', kinds: ['page'] }], v2: true },
        { id: 'bank', keys: [secret] },
        { id: 'cafe', keys: [{ key: 'tea', kinds: ['page'] }], v2: true },
      ],
    })
  })

  it('[CF19] refuses a server key of fewer than 32 characters by its place, but for a demo', () => {
    const short = { WORKSPACES: `shop:${secret},bank:${'k'.repeat(31)}` }
    expect(refusal(short)).toMatch(/^WORKSPACES: the key of entry 2 has fewer than 32 characters: .*openssl/)
    expect(refusal(short)).not.toContain('kkk')
    expect(read(short, true).workspaces).toContainEqual({ id: 'bank', keys: ['k'.repeat(31)] })
  })

  it.each([
    [{ ORIGINS: 'https://chat.example/' }, /^ORIGINS: expected an origin such as https:/],
    [{ ORIGINS: 'https://a.example,HTTPS://B.example' }, /^ORIGINS: browsers write HTTPS:\/\/B\.example as /],
    [{ ORIGINS: '*' }, /^ORIGINS: .*without a list every origin may come$/],
    [{ ORIGINS: ' , ' }, /^ORIGINS: expected origins/],
    [{ TRUSTED_PROXIES: 'proxy.example' }, /^TRUSTED_PROXIES: expected an address or a network/],
    [{ TRUSTED_PROXIES: '10.0.0.0/40' }, /^TRUSTED_PROXIES: expected an address or a network/],
    [
      { SOCKET_PATH: 'socket.io' },
      /^SOCKET_PATH: expected a path such as \/chat\/socket\.io, got socket\.io$/,
    ],
    [{ FRAME_ANCESTORS: '*' }, /^FRAME_ANCESTORS: expected an origin/],
    [{ GUESTS: 'shop,bank' }, /^GUESTS: bank is not among WORKSPACES$/],
    [{ SEARCH: 'bank' }, /^SEARCH: bank is not among WORKSPACES$/],
  ])('[CF15] refuses %j, and says what is wrong', (set, text) => {
    expect(refusal({ ...shop, ...set } as Record<string, string>)).toMatch(text)
  })

  it('[CF16] takes a number of trusted proxies', () => {
    expect(read({ ...shop, TRUSTED_PROXIES: '2' }).trustedProxies).toBe(2)
  })

  it('[CF14] needs a pepper that servers share with MongoDB, but for a demo', () => {
    const set = { ...shop, MONGODB_URI: 'mongodb://user:secret@db.example' }
    expect(refusal(set)).toMatch(/^KEY_PEPPER: needed with MONGODB_URI, .*: set it to a secret/)
    expect(refusal(set)).not.toContain('secret@')
    expect(read(set, true)).toMatchObject({ mongodbUri: set.MONGODB_URI, keyPepper: undefined })
  })
  const [one, two] = ['one', 'two'].map((name) => `${name} secret of more than 32 bytes`) as [string, string]

  it('[TO7] reads the secrets, of which there may be several, and what tokens must say', () => {
    expect(read(shop).tokens).toBeUndefined()
    expect(read({ ...shop, TOKEN_SECRET: one }).tokens).toEqual({ secrets: [one] })
    const all = {
      TOKEN_SECRET: `${one}, ${two}`,
      TOKEN_JWKS: 'https://id.example/jwks',
      TOKEN_ISSUER: 'https://id.example',
      TOKEN_AUDIENCE: 'chat',
    }
    expect(read({ ...shop, ...all }).tokens).toEqual({
      secrets: [one, two],
      jwks: 'https://id.example/jwks',
      issuer: 'https://id.example',
      audience: 'chat',
    })
    expect(read({ ...shop, TOKEN_JWKS: './jwks.json' }).tokens).toEqual({ secrets: [], jwks: './jwks.json' })
  })

  it('[TO7] refuses a short secret by its place, and requirements without keys', () => {
    const short = refusal({ ...shop, TOKEN_SECRET: `${one},short secret` })
    expect(short).toContain('TOKEN_SECRET: entry 2 has less than 32 bytes')
    expect(short).not.toContain('short secret')
    for (const name of ['TOKEN_ISSUER', 'TOKEN_AUDIENCE']) {
      expect(refusal({ ...shop, [name]: 'chat' })).toMatch(
        new RegExp(`^${name}: .* set TOKEN_SECRET or TOKEN_JWKS`),
      )
    }
  })

  it('[FI27] keeps files in a folder or in a bucket, and nowhere unless it is told', () => {
    expect(read(shop).files).toBeUndefined()
    expect(read({ DATA_DIR: 'data' }, true).files).toEqual({ kind: 'folder', folder: join('data', 'files') })
    expect(read({ DATA_DIR: ':memory:' }, true).files).toBeUndefined()
    const folder = { FILES_DIR: '/srv/files', FILES_SECRET: secret, FILES_URL: 'https://chat.example' }
    const expected = { kind: 'folder', folder: '/srv/files', secret, url: 'https://chat.example' }
    for (const isDemo of [false, true]) expect(read({ ...shop, ...folder }, isDemo).files).toEqual(expected)
    const bucket = {
      ...{ S3_ENDPOINT: 'https://s3.example', S3_BUCKET: 'chat', S3_REGION: 'eu-1', S3_PREFIX: 'x/' },
      ...{ S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: secret },
    }
    expect(read({ ...shop, ...bucket }).files).toEqual({
      ...{ kind: 's3', endpoint: 'https://s3.example', bucket: 'chat', region: 'eu-1', prefix: 'x/' },
      ...{ accessKeyId: 'id', secretAccessKey: secret },
    })
    for (const name of ['FILES_DIR', 'FILES_SECRET', 'FILES_URL']) {
      const message = refusal({ ...shop, [name]: secret, ...bucket })
      expect(message).toMatch(new RegExp(`^${name} and S3_ENDPOINT: `))
      expect(message).not.toContain(secret)
    }
    expect(refusal({ ...shop, FILES_SECRET: 'short' })).toMatch(/^FILES_SECRET: /)
    expect(refusal({ ...shop, FILES_URL: 'https://x.example' })).toMatch(/^FILES_URL: .* set FILES_DIR/)
    for (const name of ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']) {
      const message = refusal({ ...shop, ...bucket, [name]: '' })
      expect(message).toMatch(new RegExp(`^${name}: `))
      expect(message).not.toContain(secret)
    }
  })
})
