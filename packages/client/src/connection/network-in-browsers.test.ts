import { describeInChromium, type OpenPage, patience } from '@dowellchat/browser'
import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished } from 'vitest'
import { serveSdkPage } from '../testing/serve-sdk-page.ts'

const status = ({ page }: OpenPage) => page.evaluate(() => window.sdk.client.connection.getSnapshot().status)

describeInChromium('a browser without a network', (chromium) => {
  it('[TR1, TR3] is offline with the browser’s event, and returns with it and when the page is looked at', async () => {
    const [server, pages] = await Promise.all([startServer(), serveSdkPage()])
    onTestFinished(async () => {
      pages.close()
      await server.close()
    })
    const opened = await chromium.open(pages.url)
    const { page, context } = opened
    await page.evaluate(
      (url) => window.sdk.enter(url, { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' }),
      server.url,
    )
    // What the state is when the page's own listeners of the event run.
    await page.evaluate(() => {
      window.addEventListener('offline', () => {
        document.title = window.sdk.client.connection.getSnapshot().status
      })
    })
    await context.setOffline(true)
    await expect.poll(() => page.title(), patience).toBe('offline')
    // Some attempts fail meanwhile; what waits longest would come eight seconds later.
    await context.setOffline(false)
    await expect.poll(() => status(opened), patience).toBe('online')
    await page.evaluate(() => {
      Math.random = () => 60
      window.dispatchEvent(new Event('offline'))
      Math.random = () => 0
    })
    expect(await status(opened)).toBe('offline')
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await expect.poll(() => status(opened), patience).toBe('online')
  })
})
