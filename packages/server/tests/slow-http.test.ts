import { describe, expect, it, onTestFinished } from 'vitest'
import { openChat } from '../src/testing/connect.ts'
import { startServer } from '../src/testing/index.ts'
import { expectUnharmed, openScene } from './support/hostile-scene.ts'
import { askHttp } from './support/http-ask.ts'
import { httpText, openTcp, type Tcp } from './support/tcp.ts'

const polling = '/socket.io/?EIO=4&transport=polling'

/** Sends a byte at a time until the server hangs up. */
function trickle(tcp: Tcp, text: string): void {
  let sent = 0
  const timer = setInterval(() => {
    if (!tcp.isClosed) tcp.send(text[sent++] ?? 'x')
  }, 100)
  onTestFinished(() => clearInterval(timer))
}

describe('a client that is slow', () => {
  const limits = { httpHeadersMs: 3_000, httpRequestMs: 5_000 }

  it('[H34] with its headers is dropped, as is one that says nothing; others are answered', async () => {
    const here = await openScene({ limits })
    const slow = await Promise.all(Array.from({ length: 100 }, () => openTcp(here.chat.url)))
    const silent = await openTcp(here.chat.url)
    for (const tcp of slow) trickle(tcp, httpText(polling))
    expect(await askHttp(`${here.chat.url}${polling}`)).toMatchObject({ status: 200 })
    for (const tcp of [...slow, silent]) await tcp.closed()
    for (const { received } of slow) expect(received).toMatch(/^(HTTP\/1\.1 408 |$)/)
    await expectUnharmed(here)
  })

  it('[H34] may take for its headers what a whole request may take, where that is less', async () => {
    const { chat } = await openScene({ limits: { httpRequestMs: 2_000 } })
    const slow = await openTcp(chat.url)
    slow.send('GET /health HTTP/1.1\r\nhost: ')
    await slow.closed()
    expect(slow.received).toMatch(/^HTTP\/1\.1 408 /)
  })

  it.each([['polling'], ['token']])(
    '[H35] with its body is dropped, and others are answered: %s',
    async (kind) => {
      const here = await openScene({ limits, demo: kind === 'token' })
      const { body } = await askHttp(`${here.chat.url}${polling}`)
      const { sid } = JSON.parse(body.slice(1)) as { sid: string }
      const path = kind === 'token' ? '/demo/token' : `${polling}&sid=${sid}`
      const slow = await openTcp(here.chat.url)
      slow.send(httpText(path, { 'content-length': '60000', 'content-type': 'application/json' }, 'POST'))
      trickle(slow, '42["join",')
      await slow.closed()
      expect(slow.received).toMatch(/^(HTTP\/1\.1 408 |$)/)
      await expectUnharmed(here)
    },
  )
})

describe('a connection that is kept alive', () => {
  it('[ED13] is kept longer than a proxy keeps its own', async () => {
    const { url } = await openChat(onTestFinished)
    const tcp = await openTcp(url)
    for (const path of ['/health', polling, '/nowhere']) {
      tcp.send(httpText(path))
      await tcp.untilReceived(/\r\nkeep-alive: timeout=75\r\n/i)
    }
  })

  it('[ED13] outlasts the time for headers, by its own', async () => {
    const server = await startServer({ limits: { httpHeadersMs: 1_000, httpKeepAliveMs: 15_000 } })
    onTestFinished(() => server.close())
    const tcp = await openTcp(server.url)
    tcp.send(httpText('/health'))
    await tcp.untilReceived(/\r\nkeep-alive: timeout=15\r\n[\s\S]*"ok"/i)
    await new Promise((resolve) => setTimeout(resolve, 3_500))
    tcp.send(httpText('/health'))
    await tcp.untilReceived(/"ok"[\s\S]*"ok"/)
  })
})
