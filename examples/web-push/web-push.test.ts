import { execFileSync } from 'node:child_process'
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import webPush from 'web-push'
import { openChat } from '../../packages/server/src/testing/connect.ts'
import { secret, webhookTo } from '../../packages/server/tests/support/receiver.ts'
import { createPushServer, type PushServerOptions, type PushSubscriptionJSON } from './push-server.ts'
import { pushTo } from './push-to.ts'
import { fileSubscriptions } from './subscriptions.ts'
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

/** A push service, which says of the endpoint `/gone` that it is over. */
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
    response.writeHead(path === '/gone' ? 410 : 201).end()
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
    pushServices: ['localhost'],
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
  const cases: [string, string, unknown, number, string][] = [
    ['POST', '/subscriptions', 'no object', 400, 'Expected a JSON object'],
    ['POST', '/subscriptions', { auth: { token } }, 400, 'subscription.endpoint: expected a URL'],
    ['POST', '/subscriptions', { auth: { token }, subscription: inside }, 400, 'of a known push service'],
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
