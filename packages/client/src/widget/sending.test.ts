import { describeInChromium, patience } from '@dowellchat/browser'
import { testWorkspaces } from '@dowellchat/server/testing'
import { expect, it } from 'vitest'
import type { ChatClient } from '../client.ts'
import {
  ask,
  composer,
  newestTicket,
  openWidgetDesk,
  reads,
  start,
  textsIn,
  type Visitor,
} from '../testing/widget-desk.ts'

const open = ({ widget }: Visitor) => widget.getByRole('button', { name: 'Open the chat' })

async function write(visitor: Visitor, text: string): Promise<void> {
  await composer(visitor).fill(text)
  await composer(visitor).press('Enter')
}

/** Waits until the guest has read all of a conversation: what is new is shown first. */
async function untilRead(agent: ChatClient, ticketId: string): Promise<void> {
  const stream = `ticket:${ticketId}`
  const { entries } = await agent.request.get_messages({ stream, before: 1_000 })
  const read = async (): Promise<number> => {
    const { receipts } = await agent.request.get_receipts({ stream })
    return receipts.find(({ user_id }) => user_id.startsWith('guest:'))?.nth ?? 0
  }
  await expect
    .poll(read, patience)
    .toBe(Math.max(...entries.map((entry) => ('nth' in entry ? entry.nth : 0))))
}

describeInChromium('what a visitor has sent', (chromium) => {
  /** A desk, and a visitor behind a link that the test breaks. */
  async function openShop(data = 'data-workspace="demo" data-topic="orders"') {
    const { server, agent, visit } = await openWidgetDesk(chromium)
    const [meg, link] = [await agent(), await server.link()]
    return { meg, link, shopper: await visit(data, {}, {}, link.url) }
  }

  /** Begins two conversations; the second is shown. @returns the id of the first */
  async function askTwice({ meg, shopper }: Awaited<ReturnType<typeof openShop>>): Promise<string> {
    await ask(shopper, 'The first')
    const first = await newestTicket(meg)
    await shopper.widget.getByRole('button', { name: 'All conversations' }).click()
    await shopper.widget.getByRole('button', { name: 'New conversation' }).click()
    await start(shopper, 'The second')
    return first
  }

  it('[WI19] outlives the page that it was sent from', async () => {
    const { meg, link, shopper } = await openShop()
    await ask(shopper, 'Where is my order?')
    const id = await newestTicket(meg)
    link.offline()
    await write(shopper, 'My order is 42')
    await shopper.widget.getByText('Sending', { exact: true }).waitFor()
    const kept = () => shopper.page.evaluate(() => Object.values(localStorage).join())
    await expect.poll(kept, patience).toContain('My order is 42')
    await shopper.page.goto(`${shopper.page.url()}?product=2`)
    link.online()
    await shopper.page.reload()
    await expect.poll(() => textsIn(meg, id), patience).toEqual(['Where is my order?', 'My order is 42'])
    await open(shopper).click()
    await reads(shopper, 'My order is 42')
  })

  it('[WI19] begins a conversation though the panel is closed at once', async () => {
    const { meg, link, shopper } = await openShop()
    const { page, widget } = shopper
    await open(shopper).click()
    await widget.getByRole('textbox', { name: 'Your name' }).fill('Gus')
    await widget.getByRole('textbox', { name: 'How can we help?' }).fill('Hello')
    link.delay(400)
    await widget.getByRole('button', { name: 'Start the conversation' }).click()
    await page.keyboard.press('Escape')
    const id = await newestTicket(meg)
    link.delay(0)
    expect(await meg.request.get_ticket({ ticket_id: id })).toMatchObject({ display_name: 'Gus' })
    await meg.tickets.messages(id).send('Good morning')
    await widget.getByRole('button', { name: 'Open the chat, 1 new' }).click()
    await reads(shopper, 'Good morning')
  })

  it('[WI19] opens a closed conversation again though the panel is closed before it has left', async () => {
    const { meg, link, shopper } = await openShop()
    await ask(shopper, 'Where is my order?')
    const id = await newestTicket(meg)
    await meg.tickets.close(id)
    await shopper.widget.getByRole('group', { name: 'How did it go?' }).waitFor()
    await untilRead(meg, id)
    await shopper.page.reload()
    await open(shopper).click()
    await shopper.widget.getByRole('button', { name: /^Orders/ }).click()
    await reads(shopper, 'Where is my order?')
    link.offline()
    await write(shopper, 'One more thing')
    await reads(shopper, 'One more thing')
    await shopper.page.keyboard.press('Escape')
    // Longer than a connection is kept that nobody needs.
    await shopper.page.waitForTimeout(1_500)
    link.online()
    await expect.poll(async () => (await textsIn(meg, id)).includes('One more thing'), patience).toBe(true)
    await expect
      .poll(async () => (await meg.request.get_ticket({ ticket_id: id })).is_closed, patience)
      .toBe(false)
  })

  it('[WI16] keeps the files of a conversation while another one is shown, though nobody has asked for that', async () => {
    const shop = await openShop()
    const { meg, shopper } = shop
    const { page, widget } = shopper
    const first = await askTwice(shop)
    const chooser = page.waitForEvent('filechooser')
    await widget.getByRole('button', { name: 'Add files' }).click()
    const file = { name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('12 pieces') }
    await (await chooser).setFiles([file])
    await widget.getByRole('button', { name: 'Remove receipt.txt' }).waitFor()
    await page.keyboard.press('Escape')
    await meg.tickets.messages(first).send('About the first')
    await widget.getByRole('button', { name: 'Open the chat, 1 new' }).click()
    await reads(shopper, 'About the first')
    // Longer than files are kept that nobody holds.
    await page.waitForTimeout(1_500)
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await widget
      .getByRole('button', { name: /^Orders/ })
      .first()
      .click()
    await reads(shopper, 'The second')
    await widget.getByRole('button', { name: 'Remove receipt.txt' }).waitFor()
    await widget.getByRole('button', { name: 'Send', exact: true }).click()
    await widget.getByRole('log').getByText('receipt.txt').waitFor()
    await widget.getByRole('button', { name: 'Remove receipt.txt' }).waitFor({ state: 'detached' })
    expect(shopper.complaints).toEqual([])
  })

  it('[WI19] rates a conversation though the panel is closed at once', async () => {
    const { meg, link, shopper } = await openShop()
    const { page, widget } = shopper
    await ask(shopper, 'Where is my order?')
    const id = await newestTicket(meg)
    await meg.tickets.close(id)
    await widget.getByRole('group', { name: 'How did it go?' }).waitFor()
    await untilRead(meg, id)
    await page.reload()
    await open(shopper).click()
    await widget.getByRole('button', { name: /^Orders/ }).click()
    await widget.getByRole('radio', { name: '4 of 5' }).check({ force: true })
    link.delay(1_500)
    await widget.getByRole('button', { name: 'Send the rating' }).click()
    await page.keyboard.press('Escape')
    await expect
      .poll(async () => (await meg.request.get_ticket({ ticket_id: id })).rating?.score, patience)
      .toBe(4)
    link.delay(0)
    await widget.getByRole('button', { name: 'Open the chat' }).click()
    await widget.getByText('Thank you. You rated it 4 of 5').waitFor()
    expect(await widget.getByText(/^That did not work/).count()).toBe(0)
  })

  it('[WI19] takes no text in the form while its conversation begins', async () => {
    const { link, shopper } = await openShop()
    const { widget } = shopper
    await open(shopper).click()
    await widget.getByRole('textbox', { name: 'Your name' }).fill('Gus')
    const question = widget.getByRole('textbox', { name: 'How can we help?' })
    await question.fill('Hello')
    link.delay(2_000)
    await question.press('Tab')
    await widget.getByRole('button', { name: 'Start the conversation' }).click()
    await widget.getByText('Starting …').waitFor()
    await question.focus()
    await shopper.page.keyboard.type(' again')
    expect(await question.inputValue()).toBe('Hello')
    link.delay(0)
    await reads(shopper, 'Hello')
  })

  /** Begins a second conversation, which does not reach the server before the link is `online`, and goes back to the list. */
  async function beginAnother({ link, shopper }: Awaited<ReturnType<typeof openShop>>, text: string) {
    const { widget } = shopper
    const back = widget.getByRole('button', { name: 'All conversations' })
    const anew = widget.getByRole('button', { name: 'New conversation' })
    const question = widget.getByRole('textbox', { name: 'How can we help?' })
    await ask(shopper, 'An earlier one')
    await back.click()
    await anew.click()
    await question.fill(text)
    link.offline()
    await widget.getByRole('button', { name: 'Start the conversation' }).click()
    await widget.getByText('Starting …').waitFor()
    await back.click()
    return { anew, question }
  }

  it('[WI19] begins one conversation where the visitor comes back to its form meanwhile', async () => {
    const shop = await openShop('data-workspace="demo" data-topic="orders" data-ask-name="off"')
    const { meg, link, shopper } = shop
    const { anew, question } = await beginAnother(shop, 'Where is it?')
    await anew.click()
    await shopper.widget.getByRole('button', { name: 'Starting …' }).dispatchEvent('click')
    await question.focus()
    await shopper.page.keyboard.type(' Please')
    expect(await question.inputValue()).toBe('Where is it?')
    link.online()
    await reads(shopper, 'Where is it?')
    expect((await meg.request.get_tickets({})).tickets).toHaveLength(2)
  })

  it('[WI19] leaves who has gone on to something else where they are, once the conversation has begun', async () => {
    const shop = await openShop('data-workspace="demo" data-topic="orders" data-ask-name="off"')
    const { meg, link, shopper } = shop
    const { anew, question } = await beginAnother(shop, 'Where is it?')
    link.online()
    const rows = shopper.widget.getByRole('listitem')
    await expect.poll(() => rows.count(), patience).toBe(2)
    expect((await meg.request.get_tickets({})).tickets).toHaveLength(2)
    await anew.click()
    await shopper.widget.getByRole('button', { name: 'Start the conversation' }).waitFor()
    expect(await question.inputValue()).toBe('')
  })

  it('[WI22] keeps each text that a conversation takes no more, and says why in the visitor’s words', async () => {
    const workspaces = testWorkspaces.map((one) => ({ ...one, reopenDays: 0 }))
    const { agent, visit } = await openWidgetDesk(chromium, { workspaces })
    const meg = await agent()
    const shopper = await visit('data-workspace="demo" data-topic="orders"')
    const { widget } = shopper
    await ask(shopper, 'Is it open on Sunday?')
    const id = await newestTicket(meg)
    await meg.tickets.close(id)
    await widget.getByRole('textbox', { name: 'Write to open it again' }).waitFor()
    await write(shopper, 'And on Monday?')
    const why = 'This conversation cannot be opened again. Begin a new one'
    await widget.getByRole('log').getByText(`Not sent: ${why}`).waitFor()
    await reads(shopper, 'And on Monday?')
    // It invites nobody any more to what cannot be.
    await widget.getByRole('textbox', { name: 'Write a message' }).waitFor()
    await write(shopper, 'On Tuesday?')
    await widget.getByRole('alert').filter({ hasText: why }).waitFor()
    expect(await composer(shopper).inputValue()).toBe('On Tuesday?')
    const all = await widget.evaluate((element) => element.shadowRoot?.textContent)
    expect(all).not.toContain(id)
    // What is written differently is another try.
    await composer(shopper).fill('On Tuesday? Or Friday?')
    await widget.getByRole('alert').filter({ hasText: why }).waitFor({ state: 'hidden' })
    await widget.getByRole('button', { name: 'New conversation' }).click()
    await start(shopper, 'On Tuesday?')
    expect(shopper.complaints).toEqual([])
  })

  it('[WI5] counts what is new in all conversations, and opens the one that has it', async () => {
    const shop = await openShop()
    const { meg, shopper } = shop
    const { page, widget } = shopper
    const first = await askTwice(shop)
    await expect.poll(() => newestTicket(meg), patience).not.toBe(first)
    const second = await newestTicket(meg)
    await page.keyboard.press('Escape')
    await meg.tickets.messages(first).send('About the first')
    await widget.getByRole('button', { name: 'Open the chat, 1 new' }).waitFor()
    await meg.tickets.messages(second).send('About the second')
    await widget.getByRole('button', { name: 'Open the chat, 2 new' }).click()
    await reads(shopper, 'About the second')
    await page.keyboard.press('Escape')
    await widget.getByRole('button', { name: 'Open the chat, 1 new' }).click()
    await reads(shopper, 'About the first')
    await page.keyboard.press('Escape')
    await widget.getByRole('button', { name: 'Open the chat', exact: true }).waitFor()
    expect(shopper.complaints).toEqual([])
  })
})
