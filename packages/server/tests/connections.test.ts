import { describe, expect, it, onTestFinished } from 'vitest'
import type { LimitOptions } from '../src/limits.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { testWorkspaces } from '../src/testing/start-server.ts'
import { askHttp, askUpgrade } from './support/http-ask.ts'
import { openRaw } from './support/raw-socket.ts'
import { until } from './support/sockets.ts'
import { httpText, openTcp } from './support/tcp.ts'

const polling = '/socket.io/?EIO=4&transport=polling'
const websocket = '/socket.io/?EIO=4&transport=websocket'

/** A server with limits, behind a proxy that says whom it passes on. */
function openLimited(limits: LimitOptions, more: object = {}): Promise<TestChat> {
  return openChat(onTestFinished, { limits, trustedProxies: ['127.0.0.1'], ...more })
}

const from = (address: string) => ({ 'x-forwarded-for': address })

const delayed = (status: number) => ({
  status,
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d?$/) as string },
})

/** What the body of a polling request that has to wait says. */
function delayIn(body: string) {
  return expect(JSON.parse(body)).toMatchObject({
    status: 'failure',
    data: expect.any(String) as string,
    error: { code: 'rate_limited', retryable: true, retry_after_ms: expect.any(Number) as number },
  })
}

async function openPolling(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { status, body } = await askHttp(`${url}${polling}`, { headers })
  expect(status).toBe(200)
  return `${url}${polling}&sid=${(JSON.parse(body.slice(1)) as { sid: string }).sid}`
}

describe('the connections of a user', () => {
  it('[ED6] are kept as they are, while further ones are refused and told why', async () => {
    const chat = await openLimited({ userConnections: 3 })
    const kept: TestSocket[] = []
    for (let each = 0; each < 3; each++) kept.push(await chat.connect('ann'))
    const refused = chat.open({ protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' })
    expect(await refused.heard(1)).toMatchObject([
      [
        'connect_error',
        {
          code: 'rate_limited',
          details: 'connection_limit',
          retryable: true,
          retry_after_ms: expect.any(Number) as number,
        },
      ],
    ])
    await chat.connect('bob')
    await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key' })
    for (const socket of kept) expect(await socket.request('leave', { room: 'r' })).toEqual({ room: 'r' })
    kept[0]?.socket.disconnect()
    await until(async () => expect((await chat.connect('ann')).frames.at(-1)).toEqual(['connect']))
  })

  it('[ED6] are no more where they come at once, in both dialects', async () => {
    const chat = await openLimited({ userConnections: 5 })
    const auth = { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' }
    const sockets = Array.from({ length: 30 }, (_, n) =>
      chat.open(n % 2 === 0 ? auth : { protocol: 1, ...auth }),
    )
    await until(() => {
      const open = sockets.filter(({ socket }) => socket.connected)
      const ended = sockets.filter(({ frames }) =>
        frames.some(([event]) => event === 'connect_error' || event === 'disconnect'),
      )
      expect([open.length, ended.length]).toEqual([5, 25])
    })
  })

  it('[ED6] are counted by workspace where it says so, and not where V2 sockets have proved nothing', async () => {
    const workspaces = testWorkspaces.map((one) =>
      one.id === 'demo' ? { ...one, limits: { userConnections: 1 } } : one,
    )
    const chat = await openLimited({ userConnections: 2 }, { workspaces })
    const other = { workspace_id: 'other', api_key: 'other-key' }
    await chat.connect('ann')
    const refused = chat.open({ protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' })
    expect(await refused.heard(1)).toMatchObject([['connect_error', { details: 'connection_limit' }]])
    await chat.connect('ann', other)
    await chat.connect('ann', other)
    // Two tabs of V2, whose customers all call themselves so.
    for (let each = 0; each < 24; each++) await chat.connectV2()
  })
})

describe('the connections of an address', () => {
  it('[ED7] are bounded, those that have said nothing yet among them; the oldest stay', async () => {
    const chat = await openLimited({ addressConnections: 4 })
    const { url } = chat
    const ann = await chat.connect('ann', {}, { extraHeaders: from('198.51.100.1') })
    await chat.connectV2({}, { extraHeaders: from('198.51.100.1'), transports: ['polling'] })
    const sid = await openPolling(url, from('198.51.100.1'))
    await openPolling(url, from('198.51.100.1'))
    const headers = from('198.51.100.1')
    const asked = await askHttp(`${url}${polling}`, { headers })
    expect(asked).toMatchObject(delayed(429))
    delayIn(asked.body)
    expect(await askUpgrade(`${url}${websocket}`, headers)).toMatchObject(delayed(429))
    expect(await askHttp(`${url}${polling}`, { headers: from('198.51.100.2') })).toMatchObject({
      status: 200,
    })
    expect(await ann.request('leave', { room: 'r' })).toEqual({ room: 'r' })

    // A place is free again.
    await askHttp(sid, { headers, method: 'POST', body: '1' })
    await until(async () =>
      expect(await askHttp(`${url}${polling}`, { headers })).toMatchObject({ status: 200 }),
    )
  })

  it('[ED7] are no more where they are asked for in one piece', async () => {
    const { url } = await openLimited({ addressConnections: 4, connectMs: 60_000 })
    const tcp = await openTcp(url)
    tcp.send(httpText(polling, from('198.51.100.1')).repeat(50))
    await until(() => expect(tcp.received.match(/"sid"|"retry_after_ms"/g) ?? []).toHaveLength(50))
    const sids = [...tcp.received.matchAll(/"sid":"([^"]+)"/g)].map(([, sid]) => sid)
    const open = await Promise.all(
      sids.map((sid) =>
        askHttp(`${url}${polling}&sid=${sid}`, { method: 'POST', body: '3', headers: from('198.51.100.1') }),
      ),
    )
    expect(open.filter(({ status }) => status === 200)).toHaveLength(4)
  })

  it('[ED7] count together in a network of IPv6', async () => {
    const { url } = await openLimited({ addressConnections: 1 })
    await openPolling(url, from('2001:db8::1'))
    const headers = from('2001:db8::ffff:2')
    expect(await askHttp(`${url}${polling}`, { headers })).toMatchObject({ status: 429 })
  })
})

describe('a connection that does not say who it is', () => {
  it('[ED8] is closed in time, on either transport; others stay', async () => {
    const chat = await openLimited({ connectMs: 5_000, addressConnections: 3 })
    const ann = await chat.connect('ann')
    const sid = await openPolling(chat.url)
    const raw = await openRaw(chat.url)
    await raw.closed()
    await until(async () =>
      expect(await askHttp(sid, { method: 'POST', body: '3' })).toMatchObject({ status: 400 }),
    )
    expect(raw.frames).toHaveLength(1)
    // Their places are free.
    await openPolling(chat.url)
    await openPolling(chat.url)
    expect(await ann.request('leave', { room: 'r' })).toEqual({ room: 'r' })
  })

  it('[ED8] is closed too where it has said goodbye, or asks for a namespace that there is not', async () => {
    const chat = await openLimited({ connectMs: 5_000 })
    const auth = { protocol: 1, workspace_id: 'demo', guest: true }
    const raws = [await openRaw(chat.url), await openRaw(chat.url)] as const
    raws[0].send(`40${JSON.stringify(auth)}`)
    await raws[0].first('40{')
    raws[0].send('41')
    raws[1].send('40/admin,')
    expect(await raws[1].first('44')).toBe('44/admin,{"message":"Invalid namespace"}')
    for (const raw of raws) await raw.closed()
  })
})

describe('handshakes', () => {
  it('[ED9] are let in one after the other; those that find the line full are told different times', async () => {
    const { url } = await openLimited({ handshakes: 5, handshakesPerSecond: 5, connectMs: 60_000 })
    const address = `${url}${polling}`
    const began = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => askHttp(address, { headers: from(`198.51.100.${n}`) })),
    )
    const refused = answers.filter(({ status }) => status !== 200)
    // One comes in at once, five wait, and five more a second where the machine asks that slowly.
    const late = Math.ceil((5 * (performance.now() - began)) / 1_000)
    expect(refused.length).toBeGreaterThanOrEqual(Math.max(1, 24 - late))
    expect(refused.length).toBeLessThanOrEqual(24)
    for (const answer of refused) {
      expect(answer).toMatchObject({ ...delayed(503), headers: { 'access-control-allow-origin': '*' } })
      delayIn(answer.body)
    }
    const times = new Set(refused.map(({ headers }) => headers['retry-after']))
    expect(times.size).toBeGreaterThanOrEqual(4)
    expect(Math.max(...[...times].map(Number))).toBeLessThanOrEqual(12)
    // Whoever is in goes on, and may change to a WebSocket.
    const first = answers.findIndex(({ status }) => status === 200)
    const { sid } = JSON.parse(answers[first]?.body.slice(1) ?? '') as { sid: string }
    const headers = from(`198.51.100.${first}`)
    expect(await askHttp(`${address}&sid=${sid}`, { headers, method: 'POST', body: '3' })).toMatchObject({
      status: 200,
    })
    expect(await askUpgrade(`${url}${websocket}&sid=${sid}`, headers)).toMatchObject({ status: 101 })
  })

  it('[ED9] of one address use up its own share, and nobody else’s', async () => {
    const { url } = await openLimited({
      handshakes: 1_000,
      addressHandshakes: 5,
      addressHandshakesPerSecond: 1,
    })
    const ask = (address: string) => askHttp(`${url}${polling}`, { headers: from(address) })
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('198.51.100.1')))
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThanOrEqual(10)
    for (const answer of refused) expect(answer).toMatchObject(delayed(429))
    expect(await ask('198.51.100.2')).toMatchObject({ status: 200 })
  })
})
