import { describeInChromium, type OpenPage, patience } from '@dowellchat/browser'
import { type ChatServer, embeddedStore } from '@dowellchat/server'
import { expect, it } from 'vitest'
import { builtWidget } from '../../../packages/client/src/testing/widget-page.ts'
import { fillDemo } from '../../../packages/server/src/executable/demo-data.ts'
import { expectAccessible } from './support/accessibility.ts'
import { choose, isNamed, openDemo, press, sees } from './support/demo.ts'
import { picture } from './support/pictures.ts'

/** The demo as its first start leaves it, with the widget. */
async function openShop(): Promise<ChatServer> {
  const store = await embeddedStore({ path: ':memory:' })
  await fillDemo(store)
  return openDemo({ store, widget: await builtWidget() })
}

/** The two sides of the first page. */
function sidesOf({ page }: OpenPage) {
  return {
    shop: page.frameLocator('iframe[title^="The shop"]'),
    desk: page.frameLocator('iframe[title^="The desk"]'),
  }
}

/** A visitor asks in the shop. */
async function ask(visitor: OpenPage, text: string): Promise<void> {
  const { shop } = sidesOf(visitor)
  await shop.getByRole('button', { name: 'Open the chat' }).click()
  await shop.getByRole('combobox').selectOption({ label: 'Returns' })
  await shop.getByRole('textbox', { name: 'How can we help?' }).fill(text)
  await shop.getByRole('button', { name: 'Start the conversation' }).click()
  await shop.getByRole('log').getByText(text).waitFor()
}

describeInChromium('the first page of the demo', (chromium) => {
  it('[DS1] is a shop with the widget beside the desk: what is asked there is answered here', async () => {
    const { url } = await openShop()
    const visitor = await chromium.open(url)
    const { shop, desk } = sidesOf(visitor)
    await ask(visitor, 'Can I send the bag back?')
    await desk
      .getByRole('link', { name: /Guest|Visitor/ })
      .first()
      .click()
    await desk.getByRole('log').getByText('Can I send the bag back?').waitFor()
    const composer = desk.getByRole('textbox', { name: 'Message', exact: true })
    await composer.fill('Of course, within 30 days.')
    await composer.press('Enter')
    await shop.getByRole('log').getByText('Of course, within 30 days.').waitFor()
    await picture(visitor, 'shop')
    await expectAccessible(visitor, 'the shop beside the desk')
    expect(visitor.complaints).toEqual([])
  })

  it('[DS2] shows one side at a time in a narrow window, by tabs that arrow keys lead through', async () => {
    const { url } = await openShop()
    const visitor = await chromium.open(url)
    const { page } = visitor
    await page.setViewportSize({ width: 390, height: 844 })
    const tab = (name: string) => page.getByRole('tab', { name })
    await page.getByRole('tabpanel', { name: 'The shop' }).waitFor()
    await tab('The shop').focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('tabpanel', { name: 'The desk' }).waitFor()
    await expect
      .poll(() => tab('The desk').evaluate((it) => it === document.activeElement), patience)
      .toBe(true)
    expect(await page.getByRole('tabpanel').count()).toBe(1)
    await sidesOf(visitor)
      .desk.getByRole('link', { name: /Ben Okafor/ })
      .waitFor()
    await page.keyboard.press('ArrowRight')
    await sidesOf(visitor).shop.getByRole('heading', { name: 'Bags' }).waitFor()
    await expectAccessible(visitor, 'the shop in a narrow window')
  })

  it('[DS1] stays while somebody at the desk is a guest, and logs in there', async () => {
    const { url } = await openShop()
    const visitor = await chromium.open(url)
    const { desk } = sidesOf(visitor)
    await desk.getByRole('button', { name: 'Leave', exact: true }).click()
    await desk.getByRole('button', { name: 'Continue as guest' }).click()
    await desk.getByRole('button', { name: 'Log in', exact: true }).click()
    await desk.getByRole('heading', { name: 'Log in' }).waitFor()
    await visitor.page.reload()
    await sidesOf(visitor).shop.getByRole('heading', { name: 'Bags' }).waitFor()
  })

  it('[DS3] leads to everything else, under a name of one’s own', async () => {
    const { url } = await openShop()
    const visitor = await chromium.open(url)
    await visitor.page.getByRole('link', { name: 'Be somebody else' }).click()
    await choose(visitor, 'Ann Keller')
    await isNamed(visitor, 'Ann Keller')
    await press(visitor, 'Leave')
    await visitor.page.getByRole('link', { name: 'The shop and the desk' }).click()
    await sidesOf(visitor).shop.getByRole('heading', { name: 'Bags' }).waitFor()
  })

  it('[DS1] the shop alone is accessible too, with the widget open', async () => {
    const { url } = await openShop()
    const shopper = await chromium.open(new URL('/shop.html', url).href)
    await expectAccessible(shopper, 'the shop')
    await shopper.page.getByRole('button', { name: 'Open the chat' }).click()
    await sees(shopper, 'Ask us about bags')
    await expectAccessible(shopper, 'the shop with the widget')
  })
})
