import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { messagesIn, openChat, type TestSocket } from '../../packages/server/src/testing/connect.ts'
import { startAssistant } from './assistant.ts'

type Answer = (response: ServerResponse, turns: { role: string; content: string }[]) => unknown

/** A model server that answers as the test says. */
async function fakeModel(answer: Answer): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    expect([request.url, JSON.parse(body).stream]).toEqual(['/v1/chat/completions', true])
    await answer(response, JSON.parse(body).messages)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const say = (response: ServerResponse, content: string) =>
  response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)

function sayAll(response: ServerResponse, ...parts: string[]): void {
  for (const part of parts) say(response, part)
  response.end('data: [DONE]\n\n')
}

/** A customer's ticket, and a way to start assistants. */
async function openShop(answer: Answer, timeoutMs = 20_000) {
  const chat = await openChat(onTestFinished)
  const model = { url: await fakeModel(answer), name: 'fake', timeoutMs }
  const admin = await chat.connect('max', { role: 'admin' })
  const mia = await chat.connect('mia', { role: 'agent' })
  await admin.request('create_topic', { name: 'orders', cid: randomUUID() })
  const manager = {
    user_id: 'mia',
    positions_in_a_line: 5,
    average_serving_time: 1,
    is_unmanaged: true,
    cid: randomUUID(),
  }
  await admin.request('create_line_manager', manager)
  const ann = await chat.connect('ann', { name: 'Ann' })
  const ticket = await ann.request('create_ticket', { product: 'orders', cid: randomUUID() })
  await ann.request('join_ticket', { ticket_id: ticket._id })
  const start = async () => {
    const place = { url: chat.url, workspace: 'demo', key: 'demo-key' }
    const bot = await startAssistant({ ...place, model, mostAnswers: 2 })
    onTestFinished(() => bot.close())
    return bot
  }
  const write = (message_data: string, by: TestSocket = ann) =>
    by.request('ticket_message_event', { ticket_id: ticket._id, message_data, cid: randomUUID() })
  const answers = () => messagesIn(ann.frames).filter(({ author }) => author === 'assistant')
  return { chat, ann, mia, ticket, start, write, answers }
}

it('[PG36] answers a ticket with the words of the model, and hands over with what was said', async () => {
  const asked: string[] = []
  const { ann, start, write, answers } = await openShop((response, turns) => {
    asked.push(turns.map(({ role, content }) => `${role}: ${content}`).at(-1) ?? '')
    sayAll(response, 'It ', 'leaves ', 'today.')
  })
  // Before there is an assistant.
  await write('When does my order leave?')
  const first = await start()
  await vi.waitFor(() => expect(answers()).toHaveLength(1), 30_000)
  expect(answers()[0]).toMatchObject({
    message_data: 'It leaves today.',
    quote: { message_data: 'When does my order leave?' },
  })
  expect(asked).toEqual(['user: When does my order leave?'])
  await write('I want to talk to a human')
  await vi.waitFor(() => expect(answers()).toHaveLength(2), 30_000)
  expect(answers()[1]).toMatchObject({
    message_data: [
      '@mia goes on from here.',
      '',
      'What was said:',
      'Ann: When does my order leave?',
      'Assistant: It leaves today.',
      'Ann: I want to talk to a human',
    ].join('\n'),
    mentions: [{ user_id: 'mia', start: 0, end: 4 }],
    metadata: { handed_over: true },
  })
  // It is not there any more, also after a restart.
  await write('Are you there?')
  await first.close()
  await start()
  await write('Hello?')
  await new Promise((resolve) => setTimeout(resolve, 500))
  await ann.settle()
  expect(answers()).toHaveLength(2)
})

it.each([
  ['PER', 'SON'],
  ['PERSON', '.'],
  ['**PER', 'SON**', ' The customer is upset.'],
])('[PG36] hands over when the model says that it cannot help: %s%s', async (...parts) => {
  const { ann, start, write, answers } = await openShop((response) => sayAll(response, ...parts))
  await start()
  await write('My lawyer says no')
  await vi.waitFor(() => expect(answers()).toHaveLength(1), 30_000)
  expect(answers()[0]?.message_data).toContain('What was said:\nAnn: My lawyer says no')
  const shown = ann.frames.filter(
    ([event, data]) => event === 'message_draft' && JSON.stringify(data).includes('PER'),
  )
  expect(shown).toEqual([])
})

it.each([
  [
    'breaks off',
    (response: ServerResponse) => say(response, 'It is') && setTimeout(() => response.destroy(), 200),
  ],
  ['is down', (response: ServerResponse) => void response.writeHead(503).end()],
  ['hangs', () => {}, 300],
])('[PG36] hands over when the model %s', async (_, answer, timeoutMs?: number) => {
  const { ann, start, write, answers } = await openShop(answer, timeoutMs)
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warned.mockRestore())
  await start()
  await write('Where is it?')
  await vi.waitFor(() => expect(answers()).toHaveLength(1), 30_000)
  expect(answers()[0]?.message_data).toContain('What was said:\nAnn: Where is it?')
  expect(warned).toHaveBeenCalledOnce()
  // What was shown of the answer is gone.
  const { drafts } = await ann.request('get_drafts', { stream: answers()[0]?.stream as string })
  expect(drafts).toEqual([])
})

it.each(['42', '👍'])('[PG36] answers without letters, too: %s', async (words) => {
  const { start, write, answers } = await openShop((response) => sayAll(response, words))
  await start()
  await write('How many are there?')
  await vi.waitFor(() => expect(answers()).toHaveLength(1), 30_000)
  expect(answers()[0]?.message_data).toBe(words)
})

it('[PG36] answers what only begins as that it cannot help', async () => {
  const { start, write, answers } = await openShop((response) =>
    sayAll(response, 'PERSON', 'AL data ', 'is safe.'),
  )
  await start()
  await write('Is my data safe?')
  await vi.waitFor(() => expect(answers()).toHaveLength(1), 30_000)
  expect(answers()[0]?.message_data).toBe('PERSONAL data is safe.')
})

it('[PG36] hands over when a guest has logged in meanwhile', async () => {
  const { chat, mia, start } = await openShop((response) => sayAll(response, 'Yes.'))
  const guest = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
  const { guest_token } = await guest.first('hello')
  const { _id: ticket_id } = await guest.request('create_ticket', { product: 'orders', cid: randomUUID() })
  const write = (by: TestSocket, message_data: string) =>
    by.request('ticket_message_event', { ticket_id, message_data, cid: randomUUID() })
  const said = async () => {
    const { entries } = await mia.request('get_messages', { stream: `ticket:${ticket_id}`, before: 100 })
    return entries.flatMap((one) => (one.type === 'message' && one.kind === 'text' ? [one.message_data] : []))
  }
  await start()
  await write(guest, 'Is it open?')
  await vi.waitFor(async () => expect(await said()).toEqual(['Is it open?', 'Yes.']), 30_000)
  const user = chat.open({ protocol: 1, token: await chat.server.tokenFor('gus'), guest_token })
  await user.first('hello')
  await write(user, 'And tomorrow?')
  await vi.waitFor(async () => expect((await said()).at(-1)).toContain('What was said:'), 30_000)
})

it('[PG36] sends what there is when the customer stops it, and leaves when an agent comes', async () => {
  const { ann, mia, ticket, start, write, answers } = await openShop((response) => {
    say(response, 'It is a long story')
    const more = setInterval(() => say(response, ' and'), 20)
    response.on('close', () => clearInterval(more))
  })
  await start()
  await write('Well?')
  const { stream, cid } = await ann.first('message_draft', ({ text }) => text.includes('story'))
  await ann.request('stop_draft', { stream, cid })
  await vi.waitFor(() => expect(answers()).toHaveLength(1), 30_000)
  expect(answers()[0]).toMatchObject({ cid, message_data: expect.stringMatching(/^It is a long story/) })
  await write('Hello, I am Mia', mia)
  await write('Well?')
  await new Promise((resolve) => setTimeout(resolve, 500))
  await ann.settle()
  expect(answers()).toHaveLength(1)
  expect((await mia.request('get_ticket', { ticket_id: ticket._id })).is_closed).toBe(false)
})
