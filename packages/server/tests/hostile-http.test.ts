import { describe, expect, it } from 'vitest'
import { expectUnharmed, openScene, type Scene } from './support/hostile-scene.ts'
import { askHttp } from './support/http-ask.ts'
import { httpText, opcodes, openTcp, openTcpWebSocket, wsFrame } from './support/tcp.ts'

const polling = '/socket.io/?EIO=4&transport=polling'
const websocket = '/socket.io/?EIO=4&transport=websocket'
const upgrade = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** The status of an answer to exactly this text. */
async function statusOf(url: string, text: string): Promise<number> {
  const tcp = await openTcp(url)
  tcp.send(text)
  const [, status] = await tcp.untilReceived(/^HTTP\/1\.1 (\d{3}) /)
  tcp.destroy()
  return Number(status)
}

/** The address of a polling connection; with `auth` its socket is connected. */
async function openPolling({ chat: { url } }: Scene, auth?: object, headers = {}): Promise<string> {
  const { body } = await askHttp(`${url}${polling}`, { headers })
  const at = `${url}${polling}&sid=${(JSON.parse(body.slice(1)) as { sid: string }).sid}`
  if (!auth) return at
  await askHttp(at, { method: 'POST', body: `40${JSON.stringify(auth)}`, headers })
  let heard = ''
  while (!heard.includes('40{')) heard += (await askHttp(at, { headers })).body
  return at
}

const v2 = {}
const post = (at: string, body: string, headers: Record<string, string> = {}) =>
  askHttp(at, { method: 'POST', body, headers })

/** Polls until the connection has ended: a client that polls hears the end with its next request. */
async function expectGone(at: string): Promise<void> {
  let answer = await askHttp(at)
  while (answer.status === 200) answer = await askHttp(at)
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('"code":1') as string })
}

describe('a handshake', () => {
  it('[H27] of another version is told so, on either transport', async () => {
    const here = await openScene()
    const body = '{"code":5,"message":"Unsupported protocol version"}'
    for (const version of ['EIO=3', 'EIO=abc', 'EIO=5', '']) {
      const asked = await askHttp(`${here.chat.url}/socket.io/?${version}&transport=polling`)
      expect(asked, version).toMatchObject({ status: 400, body })
      const tcp = await openTcp(here.chat.url)
      tcp.send(httpText(`/socket.io/?${version}&transport=websocket`, upgrade))
      await tcp.closed()
      expect(tcp.received, version).toMatch(/^HTTP\/1\.1 400 /)
      expect(tcp.received.endsWith(`\r\n\r\n${body}`), version).toBe(true)
    }
    await expectUnharmed(here)
  })

  it.each([
    ['another transport', '/socket.io/?EIO=4&transport=carrier-pigeon'],
    ['a transport without an upgrade', websocket],
    ['a session that there is not', `${polling}&sid=nobodys`],
    ['a session called __proto__', `${polling}&sid=__proto__`],
  ])('[H29] is refused with %s', async (_, path) => {
    const here = await openScene()
    expect(await askHttp(`${here.chat.url}${path}`)).toMatchObject({ status: 400 })
    await expectUnharmed(here)
  })

  it('[H29] is refused with the session of somebody at another address, on either transport', async () => {
    const here = await openScene({ trustedProxies: ['127.0.0.1'] })
    const own = { 'x-forwarded-for': '198.51.100.1' }
    const at = await openPolling(here, v2, own)
    const path = at.slice(here.chat.url.length)
    for (const address of ['198.51.100.2', '2001:db8::1']) {
      const headers = { 'x-forwarded-for': address }
      expect(await askHttp(at, { headers })).toMatchObject({ status: 400 })
      expect(await post(at, '42["join",{"room":"r"}]', headers)).toMatchObject({ status: 400 })
      const toWebSocket = path.replace('polling', 'websocket')
      expect(await statusOf(here.chat.url, httpText(toWebSocket, { ...upgrade, ...headers }))).toBe(400)
    }
    expect(await post(at, '3', own)).toMatchObject({ status: 200 })
    await expectUnharmed(here)
  })

  it('[H26] gets no compression of its frames, whatever it offers', async () => {
    const here = await openScene()
    const tcp = await openTcpWebSocket(here.chat.url, {
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    })
    expect(tcp.received).not.toMatch(/sec-websocket-extensions/i)
    tcp.send(wsFrame('42["join"]', { opcode: opcodes.text, reserved: 4 }))
    await tcp.closed()
    await expectUnharmed(here)
  })
})

describe('a polling body', () => {
  const padded = (bytes: number) => `42["leave",{"room":"${'r'.repeat(bytes - 23)}"}]`

  it('[H30] over the limit is refused, and taken at it', async () => {
    const here = await openScene()
    const at = await openPolling(here, v2)
    expect(padded(65_536)).toHaveLength(65_536)
    expect(await post(at, padded(65_536))).toMatchObject({ status: 200 })
    expect(await post(at, padded(65_537))).toMatchObject({ status: 413 })
    await expectUnharmed(here)
  })

  it('[H31] of more than 1,000 packets closes its connection, and none of them is looked at', async () => {
    const here = await openScene()
    const at = await openPolling(here, v2)
    expect(await post(at, Array(1_000).fill('3').join('\x1e'))).toMatchObject({ status: 200 })
    await post(at, Array(1_001).fill('42["join",{"room":"r"}]').join('\x1e'))
    await expectGone(at)
    expect(here.asked.filter((method) => method !== 'calls.listOpen')).toEqual([])
    await expectUnharmed(here)
  })

  it.each([
    ['nothing but separators', '\x1e'.repeat(65_000)],
    ['base64', 'bAQIDBA=='],
    ['a broken packet first', `Z\x1e${'42["join",{"room":"r"}]\x1e'.repeat(500)}`],
  ])('[H33] of %s closes its connection', async (_, body) => {
    const here = await openScene()
    const at = await openPolling(here, v2)
    await post(at, body)
    await expectGone(at)
    expect(here.asked.filter((method) => method !== 'calls.listOpen')).toEqual([])
    await expectUnharmed(here)
  })

  it('[H33] of bytes is refused', async () => {
    const here = await openScene()
    const at = await openPolling(here, v2)
    const headers = { 'content-type': 'application/octet-stream' }
    expect(await post(at, '42["join",{"room":"r"}]', headers)).toMatchObject({ status: 400 })
    await expectGone(at)
    await expectUnharmed(here)
  })
})

describe('an HTTP request', () => {
  const many = (count: number, value = 'x') =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, value]))

  const cases: [what: string, text: string, status: number][] = [
    ['20 KB of headers', httpText(polling, many(20, 'x'.repeat(1_000))), 431],
    ['2,000 headers', httpText(polling, many(2_000, '')), 431],
    ['200 headers', httpText(polling, many(200)), 431],
    ['200 headers and an upgrade', httpText(websocket, { ...upgrade, ...many(200) }), 431],
    ['a line feed in a header', httpText(polling, { 'x-a': 'b\rc: d' }), 400],
    ['a header without a name', httpText(polling, { '': 'x' }), 400],
    ['two lengths', httpText(polling, { 'content-length': '5', 'transfer-encoding': 'chunked' }), 400],
    ['an absolute address', httpText(`http://chat.example${polling}`), 404],
    ['two slashes', httpText(`/${polling}`), 404],
    ['a way out of the path', httpText('/socket.io/../socket.io/?EIO=4&transport=polling'), 404],
    ['an encoded way out', httpText('/socket.io/%2e%2e/etc/passwd'), 404],
    ['the client bundle', httpText('/socket.io/socket.io.js'), 404],
    ['a file beside the client bundle', httpText('/socket.io/../../package.json'), 404],
    ['an upgrade elsewhere', httpText('/elsewhere', upgrade), 404],
    ['another method', httpText(polling, {}, 'DELETE'), 400],
  ]
  it('[H39] with too much, with nonsense, or for another path is refused', async () => {
    const here = await openScene()
    for (const [what, text, status] of cases) expect(await statusOf(here.chat.url, text), what).toBe(status)
    await expectUnharmed(here)
  })
})

describe('a WebSocket', () => {
  const { text, continuation, ping, binary } = opcodes
  const piece = wsFrame('x', { opcode: continuation, isLast: false })

  it.each([
    [
      '10,000 fragments',
      [wsFrame('4', { opcode: text, isLast: false }), ...Array<Buffer>(10_000).fill(piece)],
    ],
    ['a reserved bit', [wsFrame('42["join"]', { opcode: text, reserved: 1 })]],
    ['no mask', [wsFrame('42["join"]', { opcode: text, isMasked: false })]],
    ['a ping of 126 bytes', [wsFrame('x'.repeat(126), { opcode: ping })]],
    ['a ping in pieces', [wsFrame('x', { opcode: ping, isLast: false })]],
    ['an unknown kind of frame', [wsFrame('x', { opcode: 3 })]],
    ['a piece without a beginning', [piece]],
    ['a second beginning', Array<Buffer>(2).fill(wsFrame('4', { opcode: text, isLast: false }))],
    ['bytes', [wsFrame('x', { opcode: binary })]],
    ['half a character', [Buffer.from([129, 129, 0, 0, 0, 0, 0xff])]],
  ])('[H25] closes its own connection alone with %s', async (_, frames) => {
    const here = await openScene()
    const tcp = await openTcpWebSocket(here.chat.url)
    for (const frame of frames) tcp.send(frame)
    await tcp.closed()
    expect(here.asked).toEqual([])
    await expectUnharmed(here)
  })
})
