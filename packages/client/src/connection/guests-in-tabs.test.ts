import { describeInChromium } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { serveSdkPage } from '../testing/serve-sdk-page.ts'

const auth = { guest: true, workspace_id: 'demo' } as const

describeInChromium('a guest in a browser', (chromium) => {
  it('[SE11] is one guest in all tabs that open at once, and after a reload', async () => {
    let made = 0
    const { url, handshakes } = await openFakeServer({
      async admit({ guest_token }) {
        // Long enough for the other tabs to ask meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 300))
        const user_id = typeof guest_token === 'string' ? guest_token.slice(6) : `guest:${++made}`
        return helloOf(user_id, { is_guest: true, guest_token: `token ${user_id}` })
      },
    })
    const pages = await serveSdkPage()
    onTestFinished(() => pages.close())
    const { page, context } = await chromium.open(pages.url)
    const tabs = [page, await context.newPage(), await context.newPage()]
    for (const tab of tabs.slice(1)) await tab.goto(pages.url)
    const enter = (tab: typeof page) =>
      tab.evaluate(([at, as]) => window.sdk.enter(at, as), [url, auth] as const)
    expect(await Promise.all(tabs.map(enter))).toEqual(['guest:1', 'guest:1', 'guest:1'])
    expect(handshakes.filter(({ guest_token }) => guest_token === undefined)).toHaveLength(1)
    await page.reload()
    expect(await enter(page)).toBe('guest:1')
    expect(made).toBe(1)
  })
})
