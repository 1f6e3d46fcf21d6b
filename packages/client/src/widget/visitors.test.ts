import { describeInChromium, patience } from '@dowellchat/browser'
import { openLink, startServer, testWorkspaces } from '@dowellchat/server/testing'
import { signUserToken } from '@dowellchat/server/tokens'
import { expect, it, onTestFinished } from 'vitest'
import { ask, composer, newestTicket, openWidgetDesk, reads, start } from '../testing/widget-desk.ts'

describeInChromium('one visitor after another on the same page', (chromium) => {
  /** A desk, and a page whose own back end answers a token of whoever is logged in. */
  async function openShop() {
    const { server, agent, visit } = await openWidgetDesk(chromium)
    const [meg, link] = [await agent(), await server.link()]
    let user = 'ann'
    const token = () => server.tokenFor(user)
    const answers = { '/token': async () => JSON.stringify({ token: await token() }) }
    const data = 'data-workspace="demo" data-token-url="/token" data-topic="orders"'
    const shopper = await visit(data, {}, answers, link.url)
    const logIn = (next: string): Promise<string> => {
      user = next
      return token()
    }
    const asker = async () => (await meg.request.get_ticket({ ticket_id: await newestTicket(meg) })).user_id
    return { meg, link, shopper, logIn, asker }
  }

  it('[WI9] shows nothing of one to another whose tokens the page gives', async () => {
    const { shopper, logIn, asker } = await openShop()
    await ask(shopper, 'This is Ann')
    const token = await logIn('ben')
    await shopper.page.evaluate((token) => {
      window.dowellchatWidget?.update({ auth: { getToken: () => Promise.resolve(token) } })
    }, token)
    await start(shopper, 'This is Ben')
    expect(await shopper.widget.getByText('This is Ann').count()).toBe(0)
    await expect.poll(asker, patience).toBe('ben')
    expect(shopper.complaints).toEqual([])
  })

  it('[WI9] has no button of the last visitor’s while the next one connects', async () => {
    const { link, shopper, logIn } = await openShop()
    const { page, widget } = shopper
    await ask(shopper, 'This is Ann')
    const back = widget.getByRole('button', { name: 'All conversations' })
    await back.waitFor()
    const token = await logIn('ben')
    link.offline()
    await page.evaluate((token) => {
      window.dowellchatWidget?.update({ auth: { getToken: () => Promise.resolve(token) } })
    }, token)
    await widget.getByText('Connecting …').waitFor()
    expect(await back.isVisible()).toBe(false)
    link.online()
    await start(shopper, 'This is Ben')
    await back.waitFor()
    expect(await widget.getByText('This is Ann').count()).toBe(0)
  })

  it('[WI9] keeps the view, with what is being written, where the page gives the same function again', async () => {
    const { shopper } = await openShop()
    const { page, widget } = shopper
    await page.evaluate(() => {
      const getToken = () => fetch('/token').then(async (answer) => (await answer.json()).token)
      const { dowellchatWidget } = window
      dowellchatWidget?.update({ auth: { getToken } })
      window.addEventListener('again', () => dowellchatWidget?.update({ auth: { getToken } }))
    })
    await ask(shopper, 'This is Ann')
    await widget.getByRole('textbox', { name: /^Write/ }).fill('And')
    await page.evaluate(() => window.dispatchEvent(new Event('again')))
    expect(await widget.getByRole('textbox', { name: /^Write/ }).inputValue()).toBe('And')
  })

  it('[WI9] begins anew where the tokens are somebody else’s by now, though the page has not said so', async () => {
    const { link, shopper, logIn, asker } = await openShop()
    await ask(shopper, 'This is Ann')
    await logIn('ben')
    link.cut()
    await start(shopper, 'This is Ben')
    expect(await shopper.widget.getByText('This is Ann').count()).toBe(0)
    await expect.poll(asker, patience).toBe('ben')
  })

  it('[WI9] is a guest again where the page’s own back end says that nobody is logged in any more', async () => {
    const { link, shopper, asker } = await openShop()
    await ask(shopper, 'This is Ann')
    await shopper.page.route('**/token', (route) => route.fulfill({ status: 401 }))
    link.cut()
    await start(shopper, 'This is nobody')
    expect(await shopper.widget.getByText('This is Ann').count()).toBe(0)
    await expect.poll(asker, patience).toMatch(/^guest:/)
  })

  it('[WI9] asks the guest after a user for their name, who is not the guest before', async () => {
    const { server, agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit('data-workspace="demo" data-topic="orders"')
    const { page, widget } = shopper
    await widget.getByRole('button', { name: 'Open the chat' }).click()
    await widget.getByRole('textbox', { name: 'Your name' }).fill('Gus')
    await start(shopper, 'This is Gus')
    const token = await server.tokenFor('ann')
    await page.evaluate((token) => window.dowellchatWidget?.update({ auth: { token } }), token)
    // Ann's own view: she is known to the server by then.
    await reads(shopper, 'This is Gus')
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await page.evaluate(() => {
      window.dowellchatWidget?.update({ auth: { guest: true, workspace_id: 'demo' } })
    })
    await widget.getByRole('textbox', { name: 'Your name' }).waitFor()
    await start(shopper, 'This is somebody else')
    const ticket_id = await newestTicket(meg)
    await expect
      .poll(async () => (await meg.request.get_ticket({ ticket_id })).display_name, patience)
      .not.toBe('Gus')
  })

  it('[WI10] keeps what is written where the server takes the visitor no more', async () => {
    const secret = 'a'.repeat(32)
    const tokens = { secrets: [secret] }
    const { server, visit } = await openWidgetDesk(chromium, { tokens })
    const workspaces = testWorkspaces.map((one) => ({ ...one, origins: ['https://elsewhere.example'] }))
    const other = await startServer({ workspaces, tokens })
    onTestFinished(() => other.close())
    let at = server.url
    const link = await openLink(() => at)
    onTestFinished(() => link.close())
    const token = await signUserToken({ user_id: 'ann', workspace_id: 'demo' }, { secret })
    const shopper = await visit(`data-token="${token}" data-topic="orders"`, {}, {}, link.url)
    await ask(shopper, 'Hello')
    await composer(shopper).fill('Half a')
    at = other.url
    link.cut()
    await shopper.widget.getByText('The chat is not available: You may not use it').waitFor()
    expect(await composer(shopper).inputValue()).toBe('Half a')
  })
})
