import type { ChatClient, Ticket } from '@dowellchat/client'
import {
  createFakeClient,
  type FakeClient,
  type FakeMedia,
  fixtures,
  installFakeMedia,
} from '@dowellchat/client/testing'

const fake: FakeClient = createFakeClient({ user_id: 'ann', role: 'agent' })
const client: ChatClient = fake
const ticket: Ticket = fixtures.ticket({ product: 'billing' })

client.connect()
fake.answer('create_ticket', ({ product }) => ({ ...ticket, product }))
fake.rooms.messages('lobby').set({ status: 'ready', messages: [fixtures.row({ message_data: 'Hello' })] })
fake.rooms.messages('lobby').set({ status: 'loading' })
fake.search({ text: 'hello' }).set({ status: 'ready', items: [fixtures.searchHit()] })
fake.attachments.urlOf(fixtures.message(), fixtures.attachment()).set({ status: 'ready', data: 'data:,' })
fake.calls.set({ current: fixtures.call({ status: 'reconnecting' }), incoming: [fixtures.incomingCall()] })
fake.calls.media.set({ camera: { status: 'on', error: null } })
fake.calls.history({ missed: true }).set({ status: 'ready', items: [fixtures.callRecord()] })
// @ts-expect-error what is ready has its data
fake.rooms.messages('lobby').set({ status: 'ready' })
// @ts-expect-error a request answers with its own data
fake.answer('create_ticket', () => fixtures.topic())
// @ts-expect-error fields are typed
fixtures.message({ message_data: 1 })

const media: FakeMedia = installFakeMedia()
media.refuse('camera', 'in_use')
media.end('screen', client)
media.cut(fake)
// @ts-expect-error nobody opens a speaker
media.refuse('speaker')
