import type { ChatClient, Ticket } from '@dowellchat/client'
import { createFakeClient, type FakeClient, fixtures } from '@dowellchat/client/testing'

const fake: FakeClient = createFakeClient({ user_id: 'ann', role: 'agent' })
const client: ChatClient = fake
const ticket: Ticket = fixtures.ticket({ product: 'billing' })

client.connect()
fake.answer('create_ticket', ({ product }) => ({ ...ticket, product }))
fake.rooms.messages('lobby').set({ status: 'ready', messages: [fixtures.row({ message_data: 'Hello' })] })
fake.rooms.messages('lobby').set({ status: 'loading' })
fake.search({ text: 'hello' }).set({ status: 'ready', items: [fixtures.searchHit()] })
fake.attachments.urlOf(fixtures.message(), fixtures.attachment()).set({ status: 'ready', data: 'data:,' })
// @ts-expect-error what is ready has its data
fake.rooms.messages('lobby').set({ status: 'ready' })
// @ts-expect-error a request answers with its own data
fake.answer('create_ticket', () => fixtures.topic())
// @ts-expect-error fields are typed
fixtures.message({ message_data: 1 })
