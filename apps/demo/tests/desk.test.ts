import { describeInChromium, patience } from '@dowellchat/browser'
import { createChatClient } from '@dowellchat/client'
import { expect, it, onTestFinished } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import { enter, fill, goTo, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { addAgent, lookIn, openDesk, openTicket } from './support/desk.ts'
import { picture } from './support/pictures.ts'

/** A desk with one topic, Meg and Sam, of whom Meg is there first. */
async function startDesk(chromium: Parameters<typeof enter>[0]) {
  const server = await openDemo()
  const { url } = server
  const root = await enter(chromium, url, 'Root', 'admin')
  await openDesk(root)
  await fill(root, 'Topic name', 'Billing')
  await press(root, 'Create topic')
  await sees(root, 'Billing')
  await lookIn(root, 'Sam')
  await addAgent(root, 'Sam')
  const meg = await enter(chromium, url, 'Meg', 'agent')
  await goTo(meg, 'Tickets')
  return { url, server, root, meg }
}

async function ask(person: Person, text: string, topic = 'Opening hours'): Promise<void> {
  await goTo(person, 'Tickets')
  await openTicket(person, topic)
  await say(person, text)
  await reads(person, text)
}

const listed = ({ page }: Person, list: string, name: RegExp) =>
  page.getByRole('list', { name: list }).getByRole('link', { name })

async function choose({ page }: Person, list: 'Mine' | 'Waiting' | 'All'): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${list}`) }).check()
}

/** An agent says whether they take tickets; the choice shows what the server knows. */
async function takes({ page }: Person, tickets: 'online' | 'away' | 'offline'): Promise<void> {
  const choice = page.getByRole('combobox', { name: 'Whether you take tickets' })
  await choice.selectOption(tickets)
  await expect.poll(() => choice.inputValue(), patience).toBe(tickets)
}

async function more(person: Person, item: string): Promise<void> {
  await press(person, 'More for this ticket')
  await person.page.getByRole('menuitem', { name: item }).click()
}

describeInChromium('the desk', (chromium) => {
  it('[DK2] lists a ticket with its last message, and takes it from asking to closed, undone, and closed again', async () => {
    const { url, meg } = await startDesk(chromium)
    const ann = await enter(chromium, url, 'Ann')
    await ask(ann, 'When do you open?')
    await choose(meg, 'All')
    const link = listed(meg, 'Open tickets', /Ann.*When do you open\?/)
    await link.waitFor(patience)
    await link.click()
    await say(meg, 'At nine')
    await reads(ann, 'At nine')
    await press(meg, 'Close ticket')
    await sees(ann, /ticket is closed/i)
    await sees(meg, 'You closed the ticket of Ann')
    await picture(meg, 'desk-closed')
    await expectAccessible(meg, 'a closed ticket')
    await press(meg, 'Undo')
    await sees(ann, /opened the ticket again/)
    await say(meg, 'And on Sundays at ten')
    await reads(ann, 'And on Sundays at ten')
    await press(meg, 'Close ticket')
    await press(meg, 'Reopen')
    await meg.page.getByRole('button', { name: 'Close ticket', exact: true }).waitFor(patience)
    expect([...ann.complaints, ...meg.complaints]).toEqual([])
  })

  it('[DK2] calls a topic by its title wherever its name would be', async () => {
    const { url, server, root, meg } = await startDesk(chromium)
    const admin = createChatClient({ url, auth: server.authFor('root', { role: 'admin' }) })
    onTestFinished(() => admin.close())
    admin.connect()
    await admin.topics.update('billing', { title: 'My last invoice' })
    const ann = await enter(chromium, url, 'Ann')
    await ask(ann, 'It is wrong', 'My last invoice')
    await choose(meg, 'All')
    const link = listed(meg, 'Open tickets', /Ann.*It is wrong.*My last invoice/)
    await link.waitFor(patience)
    await link.click()
    await meg.page.getByRole('log', { name: 'Ann: My last invoice' }).waitFor(patience)
    await sees(root, 'My last invoice')
    await goTo(meg, 'Board')
    await meg.page
      .getByRole('region', { name: 'If somebody asks now' })
      .getByText('My last invoice')
      .waitFor()
    for (const one of [ann, meg, root]) expect(await one.page.getByText('Billing').count()).toBe(0)
  })

  it('[DK3] takes the next ticket, puts it on hold, and passes it on to a colleague and to another topic, with reasons', async () => {
    const { url, meg } = await startDesk(chromium)
    const ann = await enter(chromium, url, 'Ann')
    const sam = await enter(chromium, url, 'Sam', 'agent')
    await goTo(sam, 'Tickets')
    for (const one of [meg, sam]) await takes(one, 'away')
    await ask(ann, 'My invoice is wrong')
    await choose(meg, 'Waiting')
    await listed(meg, 'Waiting tickets', /Ann.*My invoice is wrong/).waitFor(patience)
    await press(meg, 'Take the next ticket')
    await meg.page.getByRole('heading', { name: 'Ann' }).waitFor(patience)
    await choose(meg, 'Mine')
    await listed(meg, 'Your tickets', /Ann/).waitFor(patience)
    await more(meg, 'Put on hold')
    await fill(meg, 'Reason (optional, the customer can read it)', 'Waits for the bank')
    await expectAccessible(meg, 'putting on hold')
    await press(meg, 'Put on hold')
    await sees(ann, 'Waits for the bank')
    await more(meg, 'Pass on')
    await meg.page.getByRole('radio', { name: /sam/i }).check()
    await fill(meg, 'Reason (optional, the customer can read it)', 'Knows invoices')
    await picture(meg, 'desk-transfer')
    await expectAccessible(meg, 'passing on')
    await press(meg, 'Pass on')
    await listed(sam, 'Your tickets', /Ann/).click()
    await sees(sam, 'Knows invoices')
    await more(sam, 'Pass on')
    await sam.page.getByText('To another topic').click()
    await sam.page.getByRole('radio', { name: 'Billing' }).check()
    await press(sam, 'Pass on')
    await sees(ann, /passed the ticket on to Billing/)
  })

  it('[DK4] keeps notes among colleagues, and answers with a text that was kept, its variables filled in', async () => {
    const { url, meg, root } = await startDesk(chromium)
    const ann = await enter(chromium, url, 'Ann')
    await ask(ann, 'When do you open?')
    for (const one of [meg, root]) {
      await goTo(one, 'Tickets')
      await choose(one, 'All')
      await listed(one, 'Open tickets', /Ann/).click()
      await press(one, 'Notes')
    }
    await fill(meg, 'Note', 'A good')
    // A look at the customer takes nothing of what is written.
    await press(meg, 'Customer')
    await press(meg, 'Notes')
    const note = meg.page.getByRole('textbox', { name: 'Note', exact: true })
    expect(await note.inputValue()).toBe('A good')
    await fill(meg, 'Note', 'A good customer')
    await press(meg, 'Add note')
    await root.page
      .getByRole('list', { name: 'Notes about this ticket' })
      .getByText('A good customer')
      .waitFor(patience)
    await press(meg, 'Delete this note')
    const asking = meg.page.getByRole('dialog', { name: 'Delete this note?' })
    await asking.getByRole('button', { name: 'Keep it' }).click()
    await asking.waitFor({ state: 'detached' })
    await picture(meg, 'desk-notes')
    await expectAccessible(meg, 'notes')
    await meg.page.keyboard.press('Escape')
    expect(await ann.page.getByText('A good customer').count()).toBe(0)

    await press(meg, 'Canned answers')
    await press(meg, 'Edit the answers')
    await fill(meg, 'Title', 'Greeting')
    await fill(meg, 'Text', 'Hello {{customer}}, {{agent}} here.')
    await press(meg, 'Add answer')
    await meg.page.getByRole('list', { name: 'Kept answers' }).getByText('Greeting').waitFor(patience)
    await expectAccessible(meg, 'canned answers')
    await meg.page.keyboard.press('Escape')
    await press(meg, 'Canned answers')
    await meg.page.getByRole('searchbox', { name: 'Find an answer' }).fill('gree')
    await meg.page.getByRole('list', { name: 'Answers' }).getByText('Greeting').waitFor(patience)
    await meg.page.keyboard.press('Enter')
    await expect
      .poll(() => meg.page.getByRole('textbox', { name: 'Message', exact: true }).inputValue(), patience)
      .toBe('Hello Ann, Meg here.')
    await meg.page.getByRole('textbox', { name: 'Message', exact: true }).press('Enter')
    await reads(ann, 'Hello Ann, Meg here.')
  })

  it('[DK5] shows the customer, changes what the ticket is about, and finds it by that; by keyboard too', async () => {
    const { url, server, meg } = await startDesk(chromium)
    const ann = await enter(chromium, url, 'Ann')
    await ask(ann, 'When do you open?')
    await choose(meg, 'All')
    await listed(meg, 'Open tickets', /Ann/).focus()
    await meg.page.keyboard.press('Enter')
    await press(meg, 'Customer')
    await fill(meg, 'Subject', 'Sundays')
    await meg.page.getByRole('combobox', { name: 'Priority' }).selectOption('urgent')
    await fill(meg, 'Tags, with commas between them', 'hours, shop')
    await press(meg, 'Save')
    await listed(meg, 'Open tickets', /Urgent.*hours.*shop/).waitFor(patience)
    // What a colleague changes meanwhile is not taken back by what is saved here.
    const root = createChatClient({ url, auth: server.authFor('root', { role: 'admin' }) })
    onTestFinished(() => root.close())
    root.connect()
    await root.ready()
    const [ticket] = (await root.request.get_tickets({})).tickets
    await root.tickets.update(ticket?._id ?? '', { tags: ['door'] })
    await listed(meg, 'Open tickets', /Urgent.*door/).waitFor(patience)
    await fill(meg, 'Subject', 'Sundays, and Mondays')
    await press(meg, 'Save')
    await sees(meg, 'Sundays, and Mondays')
    await listed(meg, 'Open tickets', /Urgent.*door/).waitFor(patience)
    expect(await meg.page.getByRole('textbox', { name: /^Tags/ }).inputValue()).toBe('door')
    await picture(meg, 'desk-customer')
    await expectAccessible(meg, 'the customer')
    await meg.page.getByRole('searchbox', { name: 'Find tickets' }).fill('nothing such')
    await sees(meg, 'No open tickets with that customer or subject.')
    await meg.page.getByRole('searchbox', { name: 'Find tickets' }).fill('sunday')
    await listed(meg, 'Open tickets', /Ann/).waitFor(patience)
    await press(meg, 'Close customer')
    await expectAccessible(meg, 'the desk')
    await picture(meg, 'desk')
  })

  it('[DK6] says by words and colour what is due and what is late, and the arrow keys go through the list', async () => {
    const { url, server, meg } = await startDesk(chromium)
    const root = createChatClient({ url, auth: server.authFor('root', { role: 'admin' }) })
    onTestFinished(() => root.close())
    root.connect()
    const targets = { first_answer: 10, solved: null }
    const isPromised = () =>
      root.topics.update('opening_hours', { targets }).then(
        () => true,
        () => false,
      )
    // It connects meanwhile, which takes its time on a busy machine.
    await expect.poll(isPromised, patience).toBe(true)
    await root.topics.update('billing', { targets: { first_answer: 60, solved: 480 } })
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await ask(ann, 'When do you open?')
    await ask(ben, 'My invoice is wrong', 'Billing')
    await server.clock.advance(11 * 60_000)
    await meg.page.reload()
    await choose(meg, 'All')
    const [late, fine] = [
      listed(meg, 'Open tickets', /Ann.*late/),
      listed(meg, 'Open tickets', /Ben.*Answer due in/),
    ]
    await late.waitFor(patience)
    await fine.waitFor(patience)
    expect([await late.getAttribute('data-urgency'), await fine.getAttribute('data-urgency')]).toEqual([
      ...['late', 'fine'],
    ])
    await fine.focus()
    await meg.page.keyboard.press('ArrowDown')
    await meg.page.keyboard.press('Enter')
    await meg.page.getByRole('heading', { name: 'Ann' }).waitFor(patience)
    await picture(meg, 'desk-targets')
    await expectAccessible(meg, 'what is due')
  })

  it('[DK7] gives what an agent who goes has not answered to the other one', async () => {
    const { url, meg } = await startDesk(chromium)
    const sam = await enter(chromium, url, 'Sam', 'agent')
    await goTo(sam, 'Tickets')
    await takes(sam, 'away')
    const ann = await enter(chromium, url, 'Ann')
    await ask(ann, 'When do you open?')
    await listed(meg, 'Your tickets', /Ann.*When do you open/).waitFor(patience)
    await takes(sam, 'online')
    await takes(meg, 'offline')
    await listed(sam, 'Your tickets', /Ann/).waitFor(patience)
    await sees(meg, 'You have no open tickets.')
    await picture(sam, 'desk-list')
    for (const one of [ann, meg, sam]) expect(one.complaints).toEqual([])
  })
})
