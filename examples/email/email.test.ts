import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createTransport } from 'nodemailer'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../../packages/server/src/testing/connect.ts'
import { secret, webhookTo } from '../../packages/server/tests/support/receiver.ts'
import { fileAddresses } from './addresses.ts'
import { createEmailServer } from './email-server.ts'
import type { Mail } from './mail.ts'

function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
}

/** A mail server that takes everything. */
async function mailbox(): Promise<{ port: number; mails: string[] }> {
  const mails: string[] = []
  const server = createServer((socket) => {
    let body: string | undefined
    let text = ''
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      text += chunk
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        if (body !== undefined && line !== '.') body += `${line}\n`
        else if (body !== undefined) {
          // Quoted-printable folds long lines.
          mails.push(body.replaceAll('=\n', ''))
          body = undefined
          socket.write('250 taken\r\n')
        } else if (line === 'DATA') {
          body = ''
          socket.write('354 go on\r\n')
        } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
    socket.on('error', () => undefined)
  })
  return { port: await listening(server), mails }
}

it('writes once to a customer who has left before the answer came', async () => {
  const { port, mails } = await mailbox()
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
  let failures = 1
  const emails = createEmailServer({
    webhookSecret: secret,
    ticketUrl: 'https://shop.example/support/{ticket}',
    addressOf: async ({ user_id }) => (user_id === 'ann' ? 'ann@example.com' : undefined),
    async send(mail) {
      failures -= 1
      if (failures >= 0) throw new Error('The mail server is down')
      await transport.sendMail({ ...mail, from: 'support@shop.example' })
    },
  })
  const url = `http://127.0.0.1:${await listening(emails)}/`
  const webhook = webhookTo({ url }, { id: 'email', streams: ['ticket'], events: ['unread'] })
  const chat = await openChat(onTestFinished, { webhooks: [webhook], metrics: true })
  const agent = await chat.connect('zoe', { role: 'admin', name: 'Zoe' })
  await agent.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ann = await chat.connect('ann')
  const { _id: ticket_id } = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  await ann.request('ticket_message_event', {
    ticket_id,
    message_data: 'Where is my order?',
    cid: randomUUID(),
  })
  ann.socket.disconnect()
  await expect
    .poll(async () => (await chat.server.metrics())?.text)
    .toContain('dowellchat_connections{dialect="current"} 1\n')
  const answer = { ticket_id, message_data: 'On its way.\n.\nIt comes on Monday.', cid: randomUUID() }
  await agent.request('ticket_message_event', answer)
  await agent.settle()
  await chat.server.clock.advance(180_000)
  await expect.poll(() => failures).toBeLessThanOrEqual(0)
  await chat.server.clock.advance(60_000)
  await expect.poll(() => mails.length).toBe(1)
  await chat.server.clock.advance(3_600_000)
  const [mail = ''] = mails
  expect(mail).toContain('To: ann@example.com')
  expect(mail).toContain('Subject: Zoe has answered you')
  expect(mail).toContain('> On its way.\n> .\n> It comes on Monday.')
  expect(mail).toContain(`https://shop.example/support/${ticket_id}`)
  expect(mails).toHaveLength(1)
  expect((await fetch(url, { method: 'POST', body: '{"type":"unread"}' })).status).toBe(401)
})

it('writes nothing to the line manager, of whom the same event comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'email-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const file = join(folder, 'addresses.json')
  writeFileSync(file, JSON.stringify({ ann: 'ann@example.com', zoe: 'zoe@example.com' }))
  const addressOf = fileAddresses(file, ['max', 'zoe'])
  const asked: string[] = []
  const mails: Mail[] = []
  const emails = createEmailServer({
    webhookSecret: secret,
    ticketUrl: 'https://shop.example/support/{ticket}',
    addressOf(user) {
      asked.push(user.user_id)
      return addressOf(user)
    },
    send: async (mail) => void mails.push(mail),
  })
  const url = `http://127.0.0.1:${await listening(emails)}/`
  const webhook = webhookTo({ url }, { id: 'email', streams: ['ticket'], events: ['unread'] })
  const chat = await openChat(onTestFinished, { webhooks: [webhook], metrics: true })
  const admin = await chat.connect('max', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const manager = { user_id: 'zoe', positions_in_a_line: 5, average_serving_time: 1, is_unmanaged: true }
  await admin.request('create_line_manager', { ...manager, cid: randomUUID() })
  const ann = await chat.connect('ann')
  const { _id: ticket_id } = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const question = { ticket_id, message_data: 'Where is my order?', cid: randomUUID() }
  await ann.request('ticket_message_event', question)
  ann.socket.disconnect()
  await expect
    .poll(async () => (await chat.server.metrics())?.text)
    .toContain('dowellchat_connections{dialect="current"} 1\n')
  await admin.request('ticket_message_event', { ...question, message_data: 'On its way', cid: randomUUID() })
  await admin.settle()
  await chat.server.clock.advance(180_000)
  await expect.poll(() => [...asked].sort()).toEqual(['ann', 'zoe'])
  await expect.poll(() => mails.length).toBeGreaterThan(0)
  await new Promise((resolve) => emails.close(resolve).closeIdleConnections())
  expect(mails.map(({ to }) => to)).toEqual(['ann@example.com'])
})

it('goes on after what is no webhook', async () => {
  const nobody = async (): Promise<never> => Promise.reject(new Error('Nobody is written to'))
  const options = { webhookSecret: secret, ticketUrl: 'x', addressOf: nobody, send: nobody }
  const port = await listening(createEmailServer(options))
  for (const target of ['//', '*', 'http://']) {
    const socket = connect(port, '127.0.0.1')
    socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(await text(socket), target).toMatch(/^HTTP\/1.1 401 /)
  }
})
