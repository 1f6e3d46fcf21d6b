import { createTransport } from 'nodemailer'
import { fileAddresses } from './addresses.ts'
import { createEmailServer } from './email-server.ts'

/** `npm start`: README.md says what to set. */
async function main(): Promise<void> {
  const { HOST = '127.0.0.1', PORT = '4200', WEBHOOK_SECRET, TICKET_URL } = process.env
  const { SMTP_URL, MAIL_FROM, ADDRESSES, STAFF } = process.env
  if (!WEBHOOK_SECRET || !TICKET_URL || !SMTP_URL || !MAIL_FROM || !ADDRESSES || STAFF === undefined)
    throw new Error(
      'Set WEBHOOK_SECRET, TICKET_URL, SMTP_URL, MAIL_FROM, ADDRESSES and STAFF: README.md says what they are',
    )
  const transport = createTransport(SMTP_URL)
  const server = createEmailServer({
    webhookSecret: WEBHOOK_SECRET,
    ticketUrl: TICKET_URL,
    addressOf: fileAddresses(ADDRESSES, STAFF.split(',')),
    async send(mail) {
      await transport.sendMail({ ...mail, from: MAIL_FROM })
    },
  })
  server.listen(Number(PORT), HOST, () => console.log(`E-mail on ${HOST}:${PORT}`))
}

await main()
