import { describeInChromium } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'
import { serveSdkPage } from '../testing/serve-sdk-page.ts'

const auth = { token: 'ann' } as const

describeInChromium('devices', (chromium) => {
  it('[TR6] keeps its device id over a reload; a copy of the tab and a second client have their own', async () => {
    const { url, handshakes } = await openFakeServer({ admit: () => helloOf('ann') })
    const pages = await serveSdkPage()
    onTestFinished(() => pages.close())
    const { page, context } = await chromium.open(pages.url)
    const enter = async (tab: typeof page): Promise<unknown> => {
      await tab.evaluate(([at, as]) => window.sdk.enter(at, as), [url, auth] as const)
      return handshakes.at(-1)?.device_id
    }
    const first = await enter(page)
    const second = await enter(page)
    // A window that a page opens begins with a copy of its storage, as a duplicated tab does.
    const [copy] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate((at) => void window.open(at), pages.url),
    ])
    await copy.waitForFunction(() => 'sdk' in window)
    const copied = await copy.evaluate(() => sessionStorage.getItem('dowellchat devices'))
    expect(copied).toContain(first)
    const third = await enter(copy)
    expect(new Set([first, second, third]).size).toBe(3)
    await page.reload()
    expect([await enter(page), await enter(page)]).toEqual([first, second])
  })
})

const replaced = {
  ...{ status: 'failure', operation: 'connect', data: 'Replaced' },
  error: { code: 'conflict', message: 'Replaced', retryable: false, details: 'replaced' },
}

it('[TR7] stays away once a newer connection of its device has taken over, until it is asked to connect', async () => {
  const { url, handshakes, sockets } = await openFakeServer({ admit: () => helloOf('ann') })
  const ann = openClient(url, 'ann')
  const letGo = ann.connect()
  await until(ann.connection, ({ status }) => status === 'online')
  sockets[0]?.emit('error_response', replaced)
  const state = await until(ann.connection, ({ status }) => status === 'refused')
  expect(state.error).toMatchObject({ code: 'conflict', retrying: false })
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  expect(handshakes).toHaveLength(1)
  ann.connect()()
  await until(ann.connection, ({ status }) => status === 'online')
  expect(handshakes[1]?.device_id).toBe(handshakes[0]?.device_id)
  letGo()
  await until(ann.connection, ({ status }) => status === 'idle')
})

it('[TR7] comes back once where what has taken over may be a try of its own that came late', async () => {
  const { url, handshakes, sockets } = await openFakeServer({
    admit: (_, n) => (n === 1 ? refusalOf('unavailable') : helloOf('ann')),
  })
  const ann = openClient(url, 'ann')
  ann.connect()
  await until(ann.connection, ({ status }) => status === 'online')
  sockets[0]?.emit('error_response', replaced)
  await until(ann.connection, ({ status }) => status === 'offline')
  await until(ann.connection, ({ status }) => status === 'online')
  expect(new Set(handshakes.map(({ device_id }) => device_id)).size).toBe(1)
  sockets[1]?.emit('error_response', replaced)
  await until(ann.connection, ({ status }) => status === 'refused')
  expect(handshakes).toHaveLength(3)
})
