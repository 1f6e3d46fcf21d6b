import { randomUUID } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { transform } from 'esbuild'
import type { ComponentType, ReactNode } from 'react'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { type FakeClient, fixtures } from '../../src/fake-client/index.ts'
import { mount } from '../../src/react/testing/mount.tsx'
import { type Example, examplesOf, fileOf, pages, textOf } from './readme.ts'

interface Packed {
  readonly ChatProvider: ComponentType<{ client: FakeClient; children: ReactNode }>
  readonly createFakeClient: (user: { role: 'admin' }) => FakeClient
}

/** What an example sends once its buttons have been pressed; the others only show something. */
const sends: Readonly<Record<string, string>> = {
  useSendMessage: 'message_event',
  useMessages: 'message_event',
  useTicketMessages: 'ticket_message_event',
  useCreateRoom: 'create_room',
  useUpdateRoom: 'update_room',
  useLeaveRoom: 'leave_room',
  useRoomActions: 'keep_room',
  useAddMembers: 'add_members',
  useRemoveMembers: 'remove_members',
  useCreateInvite: 'create_invite',
  useAcceptInvite: 'accept_invite',
  useCreateTicket: 'create_ticket',
  useCloseTicket: 'close_ticket',
  useTicketActions: 'transfer_ticket',
  useLine: 'claim_next',
  useNotes: 'send_messages',
  useCreateTopic: 'create_topic',
  useCreateLineManager: 'create_line_manager',
  useOwnPresence: 'set_presence',
  useUpdateMe: 'update_me',
  useBlockUser: 'block_user',
  useReport: 'report',
  useAction: 'close_room',
}

/** What the examples of the page about messages send, each for a message of the user's own. */
const changes: Readonly<Record<string, readonly string[]>> = {
  'Edit and remove': ['edit_message', 'delete_message'],
  Reactions: ['react'],
  Replies: ['message_event'],
  Mentions: ['message_event'],
  Threads: ['start_thread', 'send_messages'],
  'Pinned messages': ['get_pinned_messages', 'pin_message'],
}
const ownMessage = {
  ...{ _id: 'an-id', stream: 'room:lobby', seq: 1, nth: 1, type: 'message', kind: 'text', cid: 'a-cid' },
  ...{ message_data: 'My message', author: 'ann', display_name: 'Ann', reply_to: null },
  ...{ created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
}

const given = {
  room: 'lobby',
  ticketId: '01a20e64-72ea-7efc-87b7-942b1d3f785e',
  userId: 'ben',
  userIds: ['ben', 'cat'],
  invite: 'an-invite',
  onCreated() {},
  onJoined() {},
  onOpened() {},
  onOpen() {},
  onPick() {},
}

/** A module of a consumer, which has the packed packages. */
async function imported<T>(code: string): Promise<T> {
  const made = await transform(code, { loader: 'tsx', jsx: 'automatic' })
  const file = join(inject('react19'), `guide-${randomUUID()}.js`)
  writeFileSync(file, made.code)
  return import(file)
}

const packed = () =>
  imported<Packed>(
    `export { ChatProvider } from '@dowellchat/client/react'; export { createFakeClient } from '@dowellchat/client/testing'`,
  )

const hookPages = pages.filter((page) => page.includes('/hooks/'))
const sections = hookPages.flatMap((page) => examplesOf(page).map((example) => ({ page, ...example })))
const whole = pages.flatMap((page) =>
  /hooks|testing|README/.test(page) && !page.endsWith('hooks.md')
    ? []
    : examplesOf(page)
        .filter(({ language, code }) => language === 'tsx' && !code.includes('<ChatProvider'))
        .map((example) => ({ page, ...example })),
)

/** Shows an example's component with a client without a network, as an admin. */
async function show({ code }: Example, props = given) {
  const { ChatProvider, createFakeClient } = await packed()
  const [Shown] = Object.values(await imported<Record<string, ComponentType<typeof given>>>(code))
  if (!Shown) throw new Error('The example exports no component')
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => complaints.mockRestore())
  const client = createFakeClient({ role: 'admin' })
  onTestFinished(() => client.close())
  const { container } = mount(
    <ChatProvider client={client}>
      <Shown {...props} />
    </ChatProvider>,
  )
  await expect.poll(() => client.connection.getSnapshot().status).toBe('online')
  await expect.poll(() => container.textContent).not.toContain('Loading…')
  expect(container.querySelector('[role=alert]')?.textContent).toBe(undefined)
  return { client, container, complaints }
}

describe('the pages about hooks', () => {
  it('have a section with an example for each hook, and a line in the list', async () => {
    const hooks = Object.keys(await imported(`export * from '@dowellchat/client/react'`)).filter((name) =>
      /^use[A-Z]/.test(name),
    )
    expect(sections.map(({ heading }) => heading).toSorted()).toEqual(hooks.toSorted())
    const list = textOf('docs/guides/hooks.md')
    expect(hooks.filter((hook) => !list.includes(`[\`${hook}\`]`))).toEqual([])
  })

  it.each(sections)('show $heading, and send what it says', async (section) => {
    const { client, container, complaints } = await show(section)
    expect(section.code).toContain(section.heading)
    const expected = sends[section.heading]
    const requests = () => client.requests.map(({ name }) => String(name))
    if (expected) {
      await expect.poll(() => container.querySelectorAll('button').length).toBeGreaterThan(0)
      for (const button of container.querySelectorAll('button')) button.click()
      await expect.poll(requests).toContain(expected)
    }
    expect(complaints.mock.calls).toEqual([])
  })
})

it.each(whole)('shows the example of $page: $heading', async (example) => {
  const { complaints } = await show(example)
  expect(complaints.mock.calls).toEqual([])
})

describe('the page about messages', () => {
  const page = 'docs/guides/messages.md'
  const examples = examplesOf(page).filter(({ language }) => language === 'tsx')

  it('has an example of each change', () => {
    expect(examples.map(({ heading }) => heading)).toEqual(Object.keys(changes))
  })

  it.each(examples)('does what its example says: $heading', async (example) => {
    const { client, container } = await show(example)
    client.receive({ ...ownMessage, type: 'message' })
    await expect.poll(() => container.textContent).toContain('My message')
    const isSent = () => {
      const sent = client.requests.map(({ name }) => String(name))
      return (changes[example.heading] ?? []).filter((name) => !sent.includes(name))
    }
    // What a button shows has buttons of its own.
    for (let round = 0; round < 3 && isSent().length > 0; round++) {
      for (const button of container.querySelectorAll('button')) button.click()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await expect.poll(isSent).toEqual([])
  })
})

describe('the page about programs', () => {
  it('shows an answer that grows, and asks its author to stop', async () => {
    const found = examplesOf('docs/guides/programs.md').find(({ language }) => language === 'tsx')
    const { client, container } = await show(found as Example)
    const draft = { stream: 'room:lobby', cid: randomUUID(), author: 'bot', display_name: 'Bot', n: 1 }
    client.push('message_draft', { ...draft, from: 0, text: 'Well, ', is_over: false })
    client.push('message_draft', { ...draft, n: 2, from: 6, text: 'it is', is_over: false })
    await expect.poll(() => container.textContent).toBe('Well, it isStop')
    container.querySelector('button')?.click()
    await expect.poll(() => client.requests.map(({ name }) => String(name))).toContain('stop_draft')
  })
})

function exampleOf(page: string, heading: string): Example {
  const found = examplesOf(page).find((one) => one.heading === heading && one.language === 'tsx')
  if (!found) throw new Error(`${page} has no example of ${heading}`)
  return found
}

it('keeps a ticket that is closed on the customer’s page, to be rated', async () => {
  const { client, container } = await show(exampleOf('docs/guides/tickets.md', "A customer's page"))
  const ticket = fixtures.ticket({ user_id: 'ann' })
  client.push('new_ticket', { data: ticket })
  await expect.poll(() => container.textContent).toContain('Ask again')
  client.push('ticket_updated', { data: { ...ticket, is_closed: true } })
  await expect.poll(() => container.textContent).toContain('That was good')
})

describe('the page about moderation', () => {
  const page = 'docs/guides/moderation.md'
  const room = '~a-room'
  const press = (container: HTMLElement, text: string) =>
    [...container.querySelectorAll('button')].find((one) => one.textContent === text)?.click()

  it('mutes a member and lets them write again', async () => {
    const { client, container } = await show(exampleOf(page, 'Mute a member'), { ...given, room })
    const member = { joined_at: '2026-01-01T00:00:00.000Z', muted_until: null }
    const changes = [
      { ...member, user_id: 'ann', role: 'owner' } as const,
      { ...member, user_id: 'eve', role: 'member' } as const,
    ]
    client.push('member_changed', { room, changes, version: 2 })
    await expect.poll(() => container.textContent).toBe('ann eve Mute for an hourUnmute')
    press(container, 'Mute for an hour')
    await expect.poll(() => container.textContent).toContain('eve (muted until')
    press(container, 'Unmute')
    await expect.poll(() => container.textContent).not.toContain('muted until')
  })

  it('sets a room’s slow mode, and ends it', async () => {
    const { client, container } = await show(exampleOf(page, 'Slow mode'), { ...given, room })
    const set = () =>
      client.requests.flatMap((one) => (one.name === 'update_room' ? [one.payload.slow_mode_ms] : []))
    press(container, 'One message in 30 seconds')
    await expect.poll(set).toEqual([30_000])
    press(container, 'No slow mode')
    await expect.poll(set).toEqual([30_000, 0])
  })

  it('removes a message that was reported, and says what was done', async () => {
    const { client, container } = await show(exampleOf(page, 'Reports'))
    client.receive({ ...ownMessage, type: 'message', author: 'eve' })
    await client.reports.report({ _id: 'an-id', stream: 'room:lobby', seq: 1 }, 'Insults')
    await expect.poll(() => container.textContent).toContain('eve: My message (Insults)')
    press(container, 'Remove it')
    await expect.poll(() => container.textContent).not.toContain('Insults')
    const sent = client.requests.map(({ name }) => String(name))
    expect(sent.slice(-2)).toEqual(['delete_message', 'resolve_report'])
  })
})

it('shows the name that useUpdateMe has set', async () => {
  const { container } = await show(exampleOf('docs/guides/hooks/people.md', 'useUpdateMe'))
  container.querySelector('button')?.click()
  await expect.poll(() => container.querySelector('p')?.textContent).toBe('Ann Keller')
})

describe('the pages about files and search', () => {
  it('upload a file that is chosen, and send it', async () => {
    const { client, container } = await show(exampleOf('docs/guides/files.md', 'Choose, upload and send'))
    const input = container.querySelector<HTMLInputElement>('input[type=file]')
    await expect.poll(() => input?.disabled).toBe(false)
    Object.defineProperty(input, 'files', { value: [new File(['bytes'], 'a.png', { type: 'image/png' })] })
    input?.dispatchEvent(new window.Event('change', { bubbles: true }))
    const button = (text: string) =>
      [...container.querySelectorAll('button')].find((one) => one.textContent === text)
    await expect.poll(() => container.querySelector('progress')?.getAttribute('value')).toBe('1')
    await expect.poll(() => button('Send')?.disabled).toBe(false)
    button('Send')?.click()
    const sent = () => client.requests.flatMap((one) => (one.name === 'message_event' ? one.payload : []))
    await expect.poll(() => sent()[0]?.attachments?.length).toBe(1)
    expect(container.textContent).not.toContain('a.png')
  })

  it('show a picture where it is, and save what is no picture', async () => {
    const { client, container } = await show(exampleOf('docs/guides/files.md', 'Show the files of a message'))
    const files = [
      { upload_id: '1', name: 'a.png', type: 'image/png', size: 1, width: 3, height: 2 },
      { upload_id: '2', name: 'page.html', type: 'text/html', size: 1 },
    ]
    client.receive({ ...ownMessage, type: 'message', attachments: files })
    await expect.poll(() => container.querySelector('img')?.getAttribute('src')).toContain('a.png')
    expect(container.querySelector('img')?.getAttribute('width')).toBe('3')
    // Its address is asked for when it is pressed: it ends after five minutes.
    const asked = () => client.requests.filter(({ name }) => String(name) === 'get_attachment_url').length
    expect(asked()).toBe(1)
    const saved: string[] = []
    const follow = vi.spyOn(window.HTMLAnchorElement.prototype, 'click')
    onTestFinished(() => follow.mockRestore())
    follow.mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download, this.href)
    })
    container.querySelector('button')?.click()
    await expect.poll(() => saved).toEqual(['page.html', expect.stringContaining('page.html')])
    expect(asked()).toBe(2)
  })

  it('find a message, and mark its words', async () => {
    const { client, container } = await show(exampleOf('docs/guides/search.md', 'A search box'))
    client.receive({ ...ownMessage, type: 'message' })
    await expect.poll(() => client.requests.map(({ name }) => String(name))).toContain('join')
    const input = container.querySelector('input')
    const setValue = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, 'value')?.set
    setValue?.call(input, 'mess')
    input?.dispatchEvent(new window.Event('input', { bubbles: true }))
    await expect.poll(() => container.querySelector('mark')?.textContent).toBe('message')
  })
})

it.each(pages)('finds what %s links to', (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
  const broken = links.filter(([, path = '', anchor]) => {
    const file = path === '' ? fileOf(page) : resolve(dirname(fileOf(page)), path)
    return !existsSync(file) || (anchor !== undefined && !anchorsIn(file).includes(anchor))
  })
  expect(broken.map(([link]) => link)).toEqual([])
})

/** As GitHub makes them. */
function anchorsIn(file: string): string[] {
  const headings = textOf(file).matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}
