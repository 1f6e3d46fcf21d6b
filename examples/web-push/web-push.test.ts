import { execFileSync } from 'node:child_process'
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import webPush from 'web-push'
import { openChat } from '../../packages/server/src/testing/connect.ts'
import { secret, webhookTo } from '../../packages/server/tests/support/receiver.ts'
import { createPushServer, type PushServerOptions } from './push-server.ts'
import { pushTo } from './push-to.ts'
import { fileSubscriptions, type PushSubscriptionJSON } from './subscriptions.ts'
import { askChatServer } from './who-is.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'web-push-'))
  return () => rmSync(folder, { recursive: true })
})

function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
}

/** A browser, as far as a push service knows it. */
interface Browser {
  readonly subscription: PushSubscriptionJSON
  readonly ecdh: ECDH
  readonly auth: Buffer
}

function browserAt(endpoint: string): Browser {
  const ecdh = createECDH('prime256v1')
  const p256dh = ecdh.generateKeys().toString('base64url')
  const auth = randomBytes(16)
  return { ecdh, auth, subscription: { endpoint, keys: { p256dh, auth: auth.toString('base64url') } } }
}

/** Reads what was pushed as a browser does: RFC 8291 with one record of RFC 8188. */
function decrypted({ ecdh, auth }: Browser, body: Buffer): unknown {
  const salt = body.subarray(0, 16)
  const keyLength = body[20] ?? 0
  const sender = body.subarray(21, 21 + keyLength)
  const record = body.subarray(21 + keyLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender])
  const secret = hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32)
  const keyOf = (name: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(secret), salt, `Content-Encoding: ${name}\0`, bytes))
  const decipher = createDecipheriv('aes-128-gcm', keyOf('aes128gcm', 16), keyOf('nonce', 12))
  decipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString())
}

interface PushService {
  readonly port: number
  readonly pushed: { readonly path: string; readonly body: Buffer; readonly authorization: string }[]
}

/** A push service, which says of the endpoint `/gone` that it is over, and answers `/403` with 403. */
async function pushService(): Promise<PushService> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject], {
    stdio: 'ignore',
  })
  const pushed: PushService['pushed'] = []
  const options = { key: readFileSync(key), cert: readFileSync(cert) }
  const server = createTlsServer(options, async (request, response) => {
    const { url: path = '', headers } = request
    pushed.push({
      path,
      body: Buffer.concat(await request.toArray()),
      authorization: headers.authorization ?? '',
    })
    response.writeHead(path === '/gone' ? 410 : Number(path.slice(1)) || 201).end('So the service says')
  })
  return { port: await listening(server), pushed }
}

async function scene() {
  const service = await pushService()
  const vapid = { ...webPush.generateVAPIDKeys(), subject: 'mailto:ops@example.com' }
  const subscriptions = await fileSubscriptions(join(folder, 'subscriptions.json'))
  let chatUrl = ''
  const options: PushServerOptions = {
    origins: ['https://chat.example'],
    publicKey: vapid.publicKey,
    webhookSecret: secret,
    subscriptions,
    pushServices: [`localhost:${service.port}`],
    whoIs: (auth) => askChatServer(chatUrl)(auth),
    push: pushTo(vapid, new Agent({ rejectUnauthorized: false })),
  }
  const url = `http://127.0.0.1:${await listening(createPushServer(options))}/push`
  const webhook = webhookTo({ url: `${url}/hook` }, { id: 'web-push', events: ['unread'] })
  const chat = await openChat(onTestFinished, { webhooks: [webhook] })
  chatUrl = chat.url
  const send = (method: string, path: string, body: unknown) =>
    fetch(url + path, { method, body: JSON.stringify(body), headers: { origin: 'https://chat.example' } })
  return { chat, service, url, vapid, subscriptions, send }
}

it('rings the browsers of somebody who is away, with what they can read, and forgets browsers that are gone', async () => {
  const { chat, service, url, vapid, subscriptions, send } = await scene()
  expect(await (await fetch(`${url}/key`)).json()).toEqual({ key: vapid.publicKey })
  const browsers = ['/phone', '/gone'].map((path) => browserAt(`https://localhost:${service.port}${path}`))
  const token = await chat.server.tokenFor('ben')
  for (const { subscription } of browsers)
    expect((await send('POST', '/subscriptions', { auth: { token }, subscription })).status).toBe(204)

  const ann = await chat.connect('ann', { name: 'Ann' })
  await expect.poll(async () => (await ann.request('get_users', { user_ids: ['ben'] })).users.length).toBe(1)
  await ann.ask('callUser', { userToCall: 'ben', signalData: 'x', cid: randomUUID() })
  await expect.poll(() => service.pushed.length).toBe(2)
  const [phone] = browsers
  const first = service.pushed.find(({ path }) => path === '/phone')
  if (!phone || !first) throw new Error('The phone was not rung')
  expect(decrypted(phone, first.body)).toEqual({
    kind: 'call',
    title: 'Ann',
    body: 'Missed call',
    tag: 'call:ann',
    stream: null,
    caller: 'ann',
  })
  expect(first.authorization).toContain(`k=${vapid.publicKey}`)

  const room = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: randomUUID() })
  await ann.request('message_event', {
    room_id: room._id,
    message_data: 'Are you coming?',
    cid: randomUUID(),
  })
  await ann.settle()
  await chat.server.clock.advance(180_000)
  await expect.poll(() => service.pushed.length).toBe(3)
  expect(decrypted(phone, service.pushed[2]?.body ?? Buffer.alloc(0))).toEqual({
    kind: 'message',
    title: 'Ann',
    body: 'Are you coming?',
    tag: `room:${room._id}`,
    stream: `room:${room._id}`,
    unread: 1,
  })
  const { endpoint } = phone.subscription
  expect((await send('DELETE', '/subscriptions', { endpoint })).status).toBe(204)
  expect(await subscriptions.of({ workspace_id: 'demo', user_id: 'ben' })).toEqual([])
})

it('says in words what is wrong, and believes nobody', async () => {
  const { chat, url, send, service } = await scene()
  const { subscription } = browserAt(`https://localhost:${service.port}/x`)
  const token = await chat.server.tokenFor('ben')
  const inside = { ...subscription, endpoint: 'https://169.254.169.254/' }
  const otherPort = { ...subscription, endpoint: 'https://localhost/x' }
  const { keys } = subscription
  const withKeys = (wrong: Partial<typeof keys>) => ({ ...subscription, keys: { ...keys, ...wrong } })
  // A point that is not of the curve has the right length.
  const wrongKeys = [
    { p256dh: keys.auth },
    { p256dh: Buffer.alloc(65, 4).toString('base64url') },
    { auth: keys.auth.slice(0, 20) },
    { auth: keys.p256dh },
  ]
  const cases: [string, string, unknown, number, string][] = [
    ['POST', '/subscriptions', 'no object', 400, 'Expected a JSON object'],
    ['POST', '/subscriptions', { auth: { token } }, 400, 'subscription.endpoint: expected a URL'],
    ['POST', '/subscriptions', { auth: { token }, subscription: inside }, 400, 'of a known push service'],
    ['POST', '/subscriptions', { auth: { token }, subscription: otherPort }, 400, 'of a known push service'],
    ...wrongKeys.map((wrong): (typeof cases)[number] => {
      return [
        'POST',
        '/subscriptions',
        { auth: { token }, subscription: withKeys(wrong) },
        400,
        'keys: expected',
      ]
    }),
    [
      'POST',
      '/subscriptions',
      { auth: { api_key: 'demo-key', user_id: 'ben' }, subscription },
      400,
      'auth: expected',
    ],
    ['POST', '/subscriptions', { auth: { token: 'forged' }, subscription }, 401, ''],
    ['DELETE', '/subscriptions', {}, 400, 'endpoint: expected a text'],
    ['POST', '/hook', { type: 'unread', user_id: 'ben' }, 401, 'not signed by the chat server'],
    ['POST', '/other', {}, 404, 'There is nothing here'],
  ]
  for (const [method, path, body, status, text] of cases) {
    const response = await send(method, path, body)
    const { error } = (await response.json()) as { error: string }
    expect([response.status, error], JSON.stringify(body)).toEqual([status, expect.stringContaining(text)])
  }
  const guest = await chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
  const [[, hello]] = (await guest.heard(1)) as unknown as [[string, { guest_token: string }]]
  const auth = { workspace_id: 'demo', guest: true, guest_token: hello.guest_token }
  expect((await send('POST', '/subscriptions', { auth, subscription })).status).toBe(204)
  const asked = await fetch(`${url}/key`, { method: 'OPTIONS', headers: { origin: 'https://evil.example' } })
  expect(asked.headers.get('access-control-allow-origin')).toBeNull()
  const own = await fetch(`${url}/key`, { method: 'OPTIONS', headers: { origin: 'https://chat.example' } })
  expect(own.headers.get('access-control-allow-origin')).toBe('https://chat.example')
})

it('says that trying again may help where the chat server has been sent too much that is wrong', async () => {
  const { chat, send, service } = await scene()
  const { subscription } = browserAt(`https://localhost:${service.port}/x`)
  const subscribe = (token: string) => send('POST', '/subscriptions', { auth: { token }, subscription })
  const forged = await Promise.all(Array.from({ length: 40 }, () => subscribe('forged')))
  expect(new Set(forged.map(({ status }) => status))).toContain(401)
  const response = await subscribe(await chat.server.tokenFor('ben'))
  expect([response.status, await response.json()]).toEqual([
    503,
    { error: expect.stringContaining('Try again later') },
  ])
})

it('answers a body that is too long', async () => {
  const { send, url } = await scene()
  const long = 'x'.repeat(2_000_000)
  for (const [method, path] of [
    ['POST', '/subscriptions'],
    ['DELETE', '/subscriptions'],
    ['POST', '/hook'],
  ] as const) {
    const response = await send(method, path, long)
    expect([response.status, await response.json()], path).toEqual([
      413,
      { error: expect.stringContaining('Expected at most') },
    ])
  }
  expect((await fetch(`${url}/key`)).status).toBe(200)
})

it('hangs up where a body does not end', async () => {
  const { url } = await scene()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('POST /push/hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  let sent = 0
  const more = (): void => {
    while (sent < 1_000 && !socket.destroyed) {
      sent += 1
      if (!socket.write(chunk)) return void socket.once('drain', more)
    }
  }
  more()
  // Its system may hear seconds later that nobody reads any more.
  await vi.waitFor(() => expect(socket.destroyed).toBe(true), 30_000)
  expect(sent).toBeLessThan(1_000)
  expect((await fetch(`${url}/key`)).status).toBe(200)
})

it('answers what is no path as anything that is not there, and goes on', async () => {
  const { url } = await scene()
  const { port } = new URL(url)
  for (const target of ['//', '/\\', 'http://', '*']) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(await text(socket), target).toMatch(/^HTTP\/1.1 404 /)
  }
  expect((await fetch(`${url}/key?again`)).status).toBe(200)
})

/** What the chat server sends of somebody's unread messages. */
function unreadOf(user_id: string) {
  const message = { author: 'ann', display_name: 'Ann', message_data: 'Hello' }
  const body = { type: 'unread', workspace_id: 'demo', user_id, stream: 'room:lobby', unread: 1, message }
  const [id, at, payload] = [randomUUID(), new Date(), JSON.stringify(body)]
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}`,
    'webhook-signature': new Webhook(secret).sign(id, at, payload),
  }
  return { method: 'POST', headers, body: payload }
}

it('lets no browser that can never be notified hold up others, and says loudly whose fault it is', async () => {
  const { url, service, subscriptions } = await scene()
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => said.mockRestore())
  const at = (path: string) => browserAt(`https://localhost:${service.port}${path}`).subscription
  const old = at('/old')
  const people: Record<string, [PushSubscriptionJSON, number, number]> = {
    // Kept from before such keys were refused.
    ben: [{ ...old, keys: { ...old.keys, p256dh: 'A'.repeat(16) } }, 204, 0],
    eve: [at('/gone'), 204, 0],
    // All browsers would be forgotten if only this server's keys were wrong.
    mia: [at('/403'), 204, 1],
    max: [at('/401'), 204, 1],
    zoe: [at('/413'), 204, 1],
    // The chat server tries again later.
    pia: [at('/429'), 503, 1],
    tom: [at('/500'), 503, 1],
  }
  for (const [user_id, [subscription, status, left]] of Object.entries(people)) {
    await subscriptions.add({ workspace_id: 'demo', user_id }, subscription)
    expect((await fetch(`${url}/hook`, unreadOf(user_id))).status, user_id).toBe(status)
    expect(await subscriptions.of({ workspace_id: 'demo', user_id }), user_id).toHaveLength(left)
  }
  expect(said.mock.calls.map(([line]) => line)).toEqual([
    expect.stringMatching(/localhost:\d+ answers 403.* VAPID .*: So the service says$/),
    expect.stringMatching(/localhost:\d+ answers 401.* VAPID .*: So the service says$/),
    expect.stringMatching(/localhost:\d+ answers 413: So the service says$/),
  ])
})

it('does not start with keys that are none', () => {
  const { publicKey } = webPush.generateVAPIDKeys()
  expect(() => pushTo({ subject: 'mailto:ops@example.com', publicKey, privateKey: 'x' })).toThrow('private')
})

it('keeps what browsers have subscribed to over a restart, for whoever has subscribed last', async () => {
  const file = join(folder, 'kept.json')
  const [ann, ben] = ['ann', 'ben'].map((user_id) => ({ workspace_id: 'demo', user_id }))
  if (!ann || !ben) return
  const { subscription } = browserAt('https://localhost/shared')
  const first = await fileSubscriptions(file)
  await first.add(ann, subscription)
  await Promise.all([
    first.add(ben, subscription),
    first.add(ann, browserAt('https://localhost/own').subscription),
  ])
  const again = await fileSubscriptions(file)
  expect((await again.of(ann)).map(({ endpoint }) => endpoint)).toEqual(['https://localhost/own'])
  expect(await again.of(ben)).toEqual([subscription])
  for (let n = 0; n < 12; n++) await again.add(ben, browserAt(`https://localhost/${n}`).subscription)
  expect((await again.of(ben)).map(({ endpoint }) => endpoint).at(0)).toBe('https://localhost/2')
})
