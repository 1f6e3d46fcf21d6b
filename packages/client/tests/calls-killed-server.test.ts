import { describeInChromium, untilReceiving } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { freePort } from '../../server/tests/support/free-port.ts'
import { shop, startProcess, temporaryFolder } from '../../server/tests/support/server-process.ts'
import { call, ended, hangUp, openCalls, untilState } from '../src/testing/people.ts'

const shopKey = { workspace_id: 'shop', api_key: 'shop-key-with-more-than-32-letters' }

describeInChromium('a call whose server is killed', (chromium) => {
  it('[NO8] goes on while it starts again, and ends as ever', async () => {
    const { pages } = await openCalls(chromium)
    const [folder, ORIGINS] = [temporaryFolder(), new URL(pages.url).origin]
    const env = shop(folder, { ORIGINS, PORT: String(await freePort()) })
    const first = await startProcess({ env })
    const [ann, ben] = [await chromium.open(pages.url), await chromium.open(pages.url)]
    for (const [one, user_id] of [
      [ann, 'ann'],
      [ben, 'ben'],
    ] as const) {
      const auth = { ...shopKey, user_id, name: user_id, role: 'agent' } as const
      await one.page.evaluate(([url, auth]) => window.sdk.enter(url, auth), [first.url, auth] as const)
    }
    await call(ann, ben, 'ben')
    await first.stop('SIGKILL')
    // Before there is a server again, which a slow machine needs most of the 16 s to start that the call goes on without.
    await Promise.all([ann, ben].map((one) => untilReceiving(one, 'frames', 'energy')))
    await startProcess({ env })
    for (const one of [ann, ben]) {
      await expect
        .poll(() => one.page.evaluate(() => window.sdk.client.connection.getSnapshot().status))
        .toBe('online')
    }
    // Longer than the server may take to say that it knows the call.
    await ann.page.waitForTimeout(6_000)
    for (const one of [ann, ben]) {
      await untilState(one, { current: { status: 'connected' } })
      await untilReceiving(one, 'frames', 'energy')
    }
    await hangUp(ann)
    await untilState(ben, ended('hung_up'))
  })
})
