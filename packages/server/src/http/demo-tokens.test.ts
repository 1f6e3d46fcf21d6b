import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type DemoUser, serveDemoTokens } from './demo-tokens.ts'
import { closeHttp, createHttp } from './http.ts'

const ann = { user_id: 'ann', name: 'Ann', role: 'customer' }

interface Answer {
  readonly status: number | undefined
  readonly body: unknown
}

/** A server that signs by writing down for whom. `ask` sends what it is told, as a browser would not let a page do. */
async function openDemo(sign = async (user: DemoUser) => JSON.stringify(user)) {
  const http = createHttp([serveDemoTokens(sign)]).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => closeHttp(http))
  const { port } = http.address() as AddressInfo
  const ask = (body: string, headers: Record<string, string> = {}, method = 'POST'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const path = '/demo/token'
      const all = { 'content-type': 'application/json', ...headers }
      const asked = request(
        { port, host: '127.0.0.1', path, method, headers: all, agent: false },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk
          })
          answer.once('end', () => resolve({ status: answer.statusCode, body: JSON.parse(text) }))
        },
      )
      asked.once('error', reject).end(body)
    })
  return { port, ask }
}

const refusal = (status: number, code: string, message: RegExp = /./) => ({
  status,
  body: {
    status: 'failure',
    data: expect.stringMatching(message),
    error: { code, message: expect.stringMatching(message), retryable: code === 'internal' },
  },
})

it('[DM1] gives a token for whoever is asked for, with or without a name', async () => {
  const { ask } = await openDemo()
  for (const user of [ann, { user_id: 'meg', role: 'agent' }, { ...ann, role: 'admin' }])
    expect(await ask(JSON.stringify(user))).toEqual({ status: 200, body: { token: JSON.stringify(user) } })
  expect(await ask(JSON.stringify(ann), { 'content-type': 'application/json; charset=utf-8' })).toMatchObject(
    {
      status: 200,
    },
  )
})

it.each([
  ['a role that there is not', { ...ann, role: 'king' }, /^role: /],
  ['no role', { user_id: 'ann' }, /^role: /],
  ['no user id', { role: 'customer' }, /^user_id: /],
  [
    'the user id of a guest',
    { ...ann, user_id: 'guest:1' },
    /^user_id: expected an id that does not begin with guest:/,
  ],
  ['a user id that shows nothing', { ...ann, user_id: '\u200b' }, /^user_id: /],
  ['a name that is too long', { ...ann, name: 'x'.repeat(129) }, /^name: /],
  ['a list', [ann], /^payload: /],
  ['null', null, /^payload: /],
])('[DM2] refuses %s', async (_, user, message) => {
  const { ask } = await openDemo()
  expect(await ask(JSON.stringify(user))).toEqual(refusal(400, 'invalid_payload', message))
})

it('[DM2] refuses what is not JSON, or says that it is something else', async () => {
  const { ask } = await openDemo()
  for (const body of ['', '{', 'user_id=ann&role=admin'])
    expect(await ask(body)).toEqual(refusal(400, 'invalid_payload', /^body: /))
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
    expect(await ask(JSON.stringify(ann), { 'content-type': type })).toEqual(
      refusal(400, 'invalid_payload', /^content-type: /),
    )
})

it('[DM2] refuses a body of more than 4 KiB, whether or not it says so beforehand', async () => {
  const { ask } = await openDemo()
  const body = (size: number) => JSON.stringify(ann).padEnd(size)
  expect(await ask(body(4_096))).toMatchObject({ status: 200 })
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }])
    for (const size of [4_097, 1_000_000])
      expect(await ask(body(size), headers)).toEqual(refusal(413, 'too_large', /4096 bytes/))
})

it('[DM3] refuses pages of another origin', async () => {
  const { ask, port } = await openDemo()
  const body = JSON.stringify(ann)
  const own = `http://127.0.0.1:${port}`
  for (const headers of [{ origin: own }, { origin: own, 'sec-fetch-site': 'same-origin' }])
    expect(await ask(body, headers)).toMatchObject({ status: 200 })
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: own },
  ])
    expect(await ask(body, headers), JSON.stringify(headers)).toEqual(refusal(403, 'forbidden'))
})

it('[DM2] answers other methods as if there were no such page, and says nothing of a failure of its own', async () => {
  const { ask } = await openDemo(() => Promise.reject(new Error('the secret is 1234')))
  for (const method of ['GET', 'PUT', 'OPTIONS'])
    expect(await ask(JSON.stringify(ann), {}, method)).toMatchObject({ status: 404 })
  const answer = await ask(JSON.stringify(ann))
  expect(answer).toEqual(refusal(500, 'internal'))
  expect(JSON.stringify(answer)).not.toContain('1234')
})
