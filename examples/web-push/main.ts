import webPush from 'web-push'
import { createPushServer } from './push-server.ts'
import { pushTo } from './push-to.ts'
import { fileSubscriptions } from './subscriptions.ts'
import { askChatServer } from './who-is.ts'

/** `npm start`: README.md says what to set. */
async function main(): Promise<void> {
  const {
    HOST = '127.0.0.1',
    PORT = '4100',
    ORIGINS,
    CHAT_URL,
    WEBHOOK_SECRET,
    VAPID_SUBJECT,
    VAPID_PUBLIC_KEY,
    VAPID_PRIVATE_KEY,
  } = process.env
  const { SUBSCRIPTIONS = 'subscriptions.json', PUSH_SERVICES } = process.env
  if (!VAPID_PUBLIC_KEY || !VAPID_PRIVATE_KEY) {
    const { publicKey, privateKey } = webPush.generateVAPIDKeys()
    console.log(`Set these, and keep them:\nVAPID_PUBLIC_KEY=${publicKey}\nVAPID_PRIVATE_KEY=${privateKey}`)
    return
  }
  if (!ORIGINS || !CHAT_URL || !WEBHOOK_SECRET || !VAPID_SUBJECT)
    throw new Error('Set ORIGINS, CHAT_URL, WEBHOOK_SECRET and VAPID_SUBJECT: README.md says what they are')
  const server = createPushServer({
    origins: ORIGINS.split(','),
    publicKey: VAPID_PUBLIC_KEY,
    webhookSecret: WEBHOOK_SECRET,
    subscriptions: await fileSubscriptions(SUBSCRIPTIONS),
    ...(PUSH_SERVICES && { pushServices: PUSH_SERVICES.split(',') }),
    whoIs: askChatServer(CHAT_URL),
    push: pushTo({ subject: VAPID_SUBJECT, publicKey: VAPID_PUBLIC_KEY, privateKey: VAPID_PRIVATE_KEY }),
  })
  server.listen(Number(PORT), HOST, () => console.log(`Web Push on ${HOST}:${PORT}`))
}

await main()
