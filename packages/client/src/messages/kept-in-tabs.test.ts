import { describeInChromium, openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { authOf, openChat, until } from '../testing/chat.ts'
import { serveSdkPage } from '../testing/serve-sdk-page.ts'
import { textsOf } from '../testing/texts-of.ts'

describeInChromium('unsent messages in a browser', (chromium) => {
  it('[OX7] are sent by another tab once theirs is closed, and survive its reload too', async () => {
    const { server, client } = await openChat()
    const link = await openLink(server.url)
    const reader = client('reader')
    onTestFinished(reader.connect())
    const room = reader.rooms.messages('r')
    onTestFinished(room.retain())
    await until(room, ({ sync }) => sync === 'live')
    const pages = await serveSdkPage()
    onTestFinished(() => pages.close())
    const { page, context } = await chromium.open(pages.url)
    const other = await context.newPage()
    await other.goto(pages.url)
    const enter = (tab: typeof page) =>
      tab.evaluate(([url, auth]) => window.sdk.enter(url, auth, { outbox: { keep: true } }), [
        link.url,
        authOf('ann'),
      ] as const)
    for (const tab of [page, other]) expect(await enter(tab)).toBe('ann')
    const outbox = (tab: typeof page) => tab.evaluate(() => window.sdk.client.outbox.getSnapshot())

    link.cut()
    for (const tab of [page, other])
      await expect
        .poll(() => tab.evaluate(() => window.sdk.client.connection.getSnapshot().status))
        .toBe('offline')
    await page.evaluate(() => void window.sdk.client.rooms.messages('r').send('of a tab that closes'))
    await expect.poll(() => outbox(page)).toMatchObject({ unsent: 1, isKept: true })
    expect(await outbox(other)).toMatchObject({ unsent: 0 })
    await page.close()
    await expect.poll(() => outbox(other)).toMatchObject({ unsent: 1, isKept: true })

    await other.reload()
    link.mend()
    expect(await enter(other)).toBe('ann')
    await expect.poll(() => outbox(other)).toMatchObject({ status: 'sent', unsent: 0 })
    await until(room, ({ messages }) => messages.length > 0)
    expect(textsOf(room.getSnapshot().messages)).toEqual(['of a tab that closes'])
  })
})
