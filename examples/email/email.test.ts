import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { createTransport } from 'nodemailer'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../../packages/server/src/testing/connect.ts'
import { secret, webhookTo } from '../../packages/server/tests/support/receiver.ts'
import { createEmailServer } from './email-server.ts'

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
