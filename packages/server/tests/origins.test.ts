import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createChatServer } from '../src/chat-server.ts'
import { StartError } from '../src/errors.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { testWorkspaces } from '../src/testing/start-server.ts'
import { askHttp, askUpgrade } from './support/http-ask.ts'

const own = 'https://chat.example'
const foreign = [
  'https://evil.example',
  'null',
  'HTTPS://CHAT.EXAMPLE',
  'https://Chat.example',
  'https://www.chat.example',
  'https://chat.example.evil.example',
  'https://xchat.example',
  'https://example',
  'https://chat.example:8443',
  'http://chat.example',
  'https://chat.example/',
  `${own}, https://evil.example`,
  '',
]
const polling = '/socket.io/?EIO=4&transport=polling'
const websocket = '/socket.io/?EIO=4&transport=websocket'
const key = { workspace_id: 'demo', api_key: 'demo-key' }

/** Opens a polling connection as a program that is no browser, and answers its address. */
async function openPolling(url: string): Promise<string> {
  const { body } = await askHttp(`${url}${polling}`)
  const { sid } = JSON.parse(body.slice(1)) as { sid: string }
  return `sid=${sid}`
}

describe('a server with origins', () => {
  it.each(foreign.map((origin) => [origin]))('[OR1] refuses pages of %j on every way in', async (origin) => {
    const { url } = await openChat(onTestFinished, { origins: [own, 'https://second.example:8443'] })
    const sid = await openPolling(url)
    const headers = { origin }
    const answers = [
      await askHttp(`${url}${polling}`, { headers }),
      await askHttp(`${url}${polling}&${sid}`, { headers, method: 'POST', body: '40' }),
      await askHttp(`${url}${polling}`, { headers, method: 'OPTIONS' }),
      await askUpgrade(`${url}${websocket}`, headers),
      await askUpgrade(`${url}${websocket}&${sid}`, headers),
    ]
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403])
    for (const { headers: sent, body } of answers) {
      expect(sent['access-control-allow-origin']).toBeUndefined()
      expect(JSON.parse(body)).toEqual({ status: 'failure', data: expect.stringMatching(/origin/) as string })
    }
  })

  it.each([own, 'https://second.example:8443', 'capacitor://localhost'])(
    '[OR1] admits pages of %s, which may read the answers',
    async (origin) => {
      const { url } = await openChat(onTestFinished, {
        origins: [own, 'https://second.example:8443', 'capacitor://localhost'],
      })
      const headers = { origin }
      const asked = await askHttp(`${url}${polling}`, { headers })
      expect(asked).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } })
      expect(asked.headers.vary).toMatch(/origin/i)
      const preflight = { ...headers, 'access-control-request-method': 'POST' }
      expect(await askHttp(`${url}${polling}`, { headers: preflight, method: 'OPTIONS' })).toMatchObject({
        status: 204,
        headers: { 'access-control-allow-origin': origin },
      })
      expect(await askUpgrade(`${url}${websocket}`, headers)).toMatchObject({ status: 101 })
    },
  )

  it('[OR1] admits programs that send no origin, but no script element', async () => {
    const chat = await openChat(onTestFinished, { origins: [own] })
    await chat.connect('ann', {}, { transports: ['websocket'] })
    await chat.connectV2({}, { transports: ['polling'] })
    await chat.connect('bob', {}, { transports: ['polling', 'websocket'] })
    expect(await askHttp(`${chat.url}${polling}&j=0`)).toMatchObject({ status: 403 })
  })

  it.each([
    ['https://chat.example/', /expected an origin such as https:\/\/chat\.example, got/],
    ['https://Chat.example', /browsers write .* as https:\/\/chat\.example$/],
    ['https://chat.example:443', /browsers write .* as https:\/\/chat\.example$/],
    ['chat.example', /expected an origin such as/],
    ['https://chat.example/app', /expected an origin such as/],
    ['*', /without a list every origin may come/],
    ['null', /without a list every origin may come/],
    ['', /expected an origin such as/],
  ])('[OR2] does not start with the origin %j', async (origin, text) => {
    const store = await embeddedStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const workspaces = [{ id: 'shop', keys: ['a key'], origins: [origin] }]
    for (const options of [{ origins: [origin] }, { workspaces }]) {
      const started = createChatServer({ store, port: 0, ...options })
      await expect(started).rejects.toThrow(StartError)
      await expect(started).rejects.toThrow(text)
    }
  })
})

it('[OR1] admits every origin without a list', async () => {
  const { url } = await openChat(onTestFinished)
  for (const origin of [...foreign.filter((one) => one !== ''), own]) {
    const headers = { origin }
    expect(await askHttp(`${url}${polling}`, { headers })).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': '*' },
    })
    expect(await askUpgrade(`${url}${websocket}`, headers)).toMatchObject({ status: 101 })
  }
})

it('[OR3] admits to a workspace only pages of its own origins, on both dialects and in V2 payloads', async () => {
  const workspaces = testWorkspaces.map((one) => (one.id === 'demo' ? { ...one, origins: [own] } : one))
  const chat = await openChat(onTestFinished, { workspaces, v2: { workspace: 'other' } })
  const from = (origin: string) => ({ extraHeaders: { origin } })
  const auths = [
    { protocol: 1, ...key, user_id: 'ann' },
    { ...key, user_id: 'ann' },
  ]
  for (const auth of auths) {
    const refused = await chat.open(auth, from('https://evil.example')).heard(1)
    expect(refused).toMatchObject([['connect_error', { code: 'forbidden' }]])
    expect((await chat.open(auth, from(own)).heard(2)).at(-1)).toEqual(['connect'])
    expect((await chat.open(auth).heard(2)).at(-1)).toEqual(['connect'])
  }
  await chat.connect('bob', { workspace_id: 'other', api_key: 'other-key' }, from('https://evil.example'))
  const page = await chat.connectV2({}, from('https://evil.example'))
  expect(await page.refusal('get_all_topics', key)).toBe('forbidden')
  const ownPage = await chat.connectV2({}, from(own))
  expect(await ownPage.ask('get_all_topics', key)).toMatchObject({ status: 'success' })
  expect(await askHttp(`${chat.url}${polling}&j=0`)).toMatchObject({ status: 403 })
})

describe('a credential in a query string', () => {
  const names = [
    'token',
    'access_token',
    'api_key',
    'apiKey',
    'API-KEY',
    'key',
    'guest_token',
    'secret',
    'password',
    'jwt',
    'auth',
    '%74oken',
  ]

  it.each(names.map((name) => [name]))(
    '[OR4] is refused on every way in, and not shown: %s',
    async (name) => {
      const lines: unknown[] = []
      const log = (...line: unknown[]) => lines.push(line)
      const logger = { info: log, warn: log, error: log, debug: log }
      const chat = await openChat(onTestFinished, { logger })
      const query = `&${name}=canary-4711`
      const answers = [
        await askHttp(`${chat.url}${polling}${query}`),
        await askHttp(`${chat.url}${polling}&${await openPolling(chat.url)}${query}`, {
          method: 'POST',
          body: '40',
        }),
        await askUpgrade(`${chat.url}${websocket}${query}`),
      ]
      for (const { status, body } of answers) {
        expect(status).toBe(400)
        expect(JSON.parse(body)).toMatchObject({
          status: 'failure',
          data: expect.stringMatching(/query string/) as string,
        })
        expect(body).not.toContain('canary')
      }
      await chat.close()
      expect(JSON.stringify(lines)).not.toContain('canary')
    },
  )

  it('[OR4] is none of our business at other addresses of a team’s own server', async () => {
    const http = createServer((request, response) => response.end(request.url))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const store = await embeddedStore({ path: ':memory:' })
    const server = await createChatServer({ store, http, workspaces: [{ id: 'demo', keys: ['demo-key'] }] })
    onTestFinished(async () => {
      await server.close()
      http.close()
    })
    const { port } = http.address() as AddressInfo
    expect(await askHttp(`http://127.0.0.1:${port}/login?token=a`)).toMatchObject({ body: '/login?token=a' })
    expect(await askHttp(`http://127.0.0.1:${port}${polling}&token=a`)).toMatchObject({ status: 400 })
  })
})
