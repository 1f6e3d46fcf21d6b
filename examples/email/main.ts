import { readFile } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import { createEmailServer } from './email-server.ts'

/** `node main.ts`: README.md says what to set. */
async function main(): Promise<void> {
  const { PORT = '4200', WEBHOOK_SECRET, TICKET_URL, SMTP_URL, MAIL_FROM, ADDRESSES } = process.env
  if (!WEBHOOK_SECRET || !TICKET_URL || !SMTP_URL || !MAIL_FROM || !ADDRESSES)
    throw new Error(
      'Set WEBHOOK_SECRET, TICKET_URL, SMTP_URL, MAIL_FROM and ADDRESSES: README.md says what they are',
    )
  const transport = createTransport(SMTP_URL)
  const server = createEmailServer({
    webhookSecret: WEBHOOK_SECRET,
    ticketUrl: TICKET_URL,
    // Read each time, so that it can be changed; your own database belongs here.
    async addressOf({ user_id }) {
      return (JSON.parse(await readFile(ADDRESSES, 'utf8')) as Record<string, string>)[user_id]
    },
    async send(mail) {
      await transport.sendMail({ ...mail, from: MAIL_FROM })
    },
  })
  server.listen(Number(PORT), () => console.log(`E-mail on port ${PORT}`))
}

await main()
