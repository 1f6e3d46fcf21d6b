import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { ask, composer, newestTicket, openWidgetDesk, type Visitor } from '../testing/widget-desk.ts'

/** Puts a field for a password on the shop's page, with the focus. */
async function openLogIn({ page }: Visitor): Promise<void> {
  await page.evaluate(() => {
    const field = Object.assign(document.createElement('input'), { type: 'password', id: 'password' })
    document.querySelector('main')?.append(field)
    field.focus()
  })
}

/** Holds back what is behind the bubble; call the answer to let it pass. */
async function holdCode({ page }: Visitor): Promise<() => void> {
  let pass = (): void => {}
  const passed = new Promise<void>((resolve) => {
    pass = resolve
  })
  await page.route('**/widget/app.js', async (route) => {
    await passed
    await route.continue()
  })
  return pass
}

const focusInPage = ({ page }: Visitor) => page.evaluate(() => document.activeElement?.id)
const focusInWidget = ({ page }: Visitor) =>
  page.evaluate(() => {
    const focused = document.activeElement?.shadowRoot?.activeElement
    return focused?.getAttribute('aria-label') ?? focused?.textContent
  })

describeInChromium('the keyboard in the widget, and on its page', (chromium) => {
  it('[WI18] leaves the focus in the page’s own form when it opens by itself', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-open')
    const pass = await holdCode(ann)
    await ann.page.reload()
    await openLogIn(ann)
    pass()
    const question = ann.widget.getByRole('textbox', { name: 'How can we help?' })
    await question.waitFor()
    expect(await focusInPage(ann)).toBe('password')
    expect(ann.complaints).toEqual([])
  })

  it('[WI18] leaves the focus in a field where somebody writes when the page opens it, or gives another visitor', async () => {
    const { server, visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-ask-name="off"')
    await openLogIn(ann)
    await ann.page.evaluate(() => window.dowellchatWidget?.open())
    const question = ann.widget.getByRole('textbox', { name: 'How can we help?' })
    await question.waitFor()
    expect(await focusInPage(ann)).toBe('password')
    const token = await server.tokenFor('ann')
    await question.fill('Something')
    await ann.page.locator('#password').focus()
    await ann.page.evaluate((token) => window.dowellchatWidget?.update({ auth: { token } }), token)
    await expect.poll(() => question.inputValue(), patience).toBe('')
    expect(await focusInPage(ann)).toBe('password')
  })

  it('[WI18] leaves the focus in a frame, and in a field of a web component, when the page opens it', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-ask-name="off"')
    const question = ann.widget.getByRole('textbox', { name: 'How can we help?' })
    for (const tag of ['iframe', 'shop-card'] as const) {
      await ann.page.evaluate((tag) => {
        const element = Object.assign(document.createElement(tag), { id: tag })
        document.querySelector('main')?.append(element)
        if (tag === 'iframe') return element.focus()
        const field = document.createElement('input')
        element.attachShadow({ mode: 'open' }).append(field)
        field.focus()
      }, tag)
      await ann.page.evaluate(() => window.dowellchatWidget?.open())
      await question.waitFor()
      expect(await focusInPage(ann)).toBe(tag)
      await ann.page.evaluate(() => window.dowellchatWidget?.close())
      await question.waitFor({ state: 'hidden' })
    }
  })

  it('[WI18] takes the focus where a person opens it by an input that is a button', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-ask-name="off"')
    await ann.page.evaluate(() => {
      const button = Object.assign(document.createElement('input'), { type: 'button', value: 'Help' })
      button.addEventListener('click', () => window.dowellchatWidget?.open())
      document.querySelector('main')?.append(button)
    })
    await ann.page.getByRole('button', { name: 'Help' }).click()
    const question = ann.widget.getByRole('textbox', { name: 'How can we help?' })
    await question.waitFor()
    await ann.page.keyboard.type('Hello')
    expect(await question.inputValue()).toBe('Hello')
  })

  it('[WI18] leaves the focus to whoever goes on elsewhere before it has been loaded', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit()
    const pass = await holdCode(ann)
    await ann.widget.getByRole('button', { name: 'Open the chat' }).click()
    await openLogIn(ann)
    pass()
    await ann.widget.getByRole('textbox', { name: 'How can we help?' }).waitFor()
    expect(await focusInPage(ann)).toBe('password')
  })

  it('[WI18] takes the focus where a person opens it by a button of the page', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-ask-name="off"')
    const pass = await holdCode(ann)
    await ann.page.getByRole('button', { name: 'Ask us' }).focus()
    await ann.page.keyboard.press('Enter')
    pass()
    await ann.widget.getByRole('textbox', { name: 'How can we help?' }).waitFor()
    await ann.page.keyboard.type('Hello')
    expect(await ann.widget.getByRole('textbox', { name: 'How can we help?' }).inputValue()).toBe('Hello')
  })

  it('[WI8] keeps the focus when what has it goes: a conversation is ended and rated by the keyboard', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const ann = await visit('data-workspace="demo" data-topic="orders"')
    const { page, widget } = ann
    await ask(ann, 'Do you deliver?')
    const id = await newestTicket(meg)
    await widget.getByRole('button', { name: 'End the conversation' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Tab')
    expect(await focusInWidget(ann)).toBe('End it')
    await page.keyboard.press('Enter')
    await widget.getByRole('group', { name: 'How did it go?' }).waitFor()
    await expect.poll(() => focusInWidget(ann), patience).toBe('New conversation')
    await widget.getByRole('radio', { name: '4 of 5' }).focus()
    await page.keyboard.press('Space')
    await widget.getByRole('button', { name: 'Send the rating' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => focusInWidget(ann), patience).toBe('Change it')
    // The desk opens it again: there is nothing to rate.
    await meg.tickets.reopen(id)
    await widget.getByRole('group', { name: 'How did it go?' }).waitFor({ state: 'hidden' })
    await widget.getByText('Change it').waitFor({ state: 'hidden' })
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.localName), patience)
      .toBe('dowellchat-widget')
    await page.keyboard.press('Escape')
    await widget.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(ann.complaints).toEqual([])
  })

  it('[WI3] keeps what is typed in it from the page’s keyboard shortcuts', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-topic="orders"')
    await ann.page.evaluate(() => {
      for (const type of ['keydown', 'keypress', 'keyup'])
        document.addEventListener(type, (event) => {
          if (event.target instanceof Element && !event.target.matches('input, textarea'))
            event.preventDefault()
        })
    })
    await ann.widget.getByRole('button', { name: 'Open the chat' }).click()
    const question = ann.widget.getByRole('textbox', { name: 'How can we help?' })
    await question.focus()
    await ann.page.keyboard.type('Is it in stock?')
    expect(await question.inputValue()).toBe('Is it in stock?')
    await ann.page.keyboard.press('Escape')
    await ann.widget.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('[WI6] removes a file while it is being uploaded, whose button keeps the focus', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-topic="orders"')
    const { page, widget } = ann
    await ask(ann, 'It is broken')
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    await network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 30_000 },
    })
    const chooser = page.waitForEvent('filechooser')
    await widget.getByRole('button', { name: 'Add files' }).click()
    const file = { name: 'broken.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(2_000_000) }
    await (await chooser).setFiles([file])
    const remove = widget.getByRole('button', { name: 'Remove broken.bin' })
    const progress = widget.getByRole('progressbar', { name: 'broken.bin' })
    const value = () => progress.evaluate((element: HTMLProgressElement) => element.value)
    await remove.focus()
    for (let steps = 0; steps < 2; steps++) {
      const before = await value()
      await expect.poll(value, patience).toBeGreaterThan(before)
    }
    expect(await focusInWidget(ann)).toBe('Remove broken.bin')
    await page.keyboard.press('Enter')
    await remove.waitFor({ state: 'detached' })
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.localName), patience)
      .toBe('dowellchat-widget')
    await composer(ann).press('a')
    expect(ann.complaints).toEqual([])
  })
})
