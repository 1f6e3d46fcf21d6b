import { expectTypeOf, it } from 'vitest'
import type {
  AnswerOf,
  ClientToServerEvents,
  CodeOf,
  DataOf,
  Failure,
  Message,
  Page,
  PayloadOf,
  PushOf,
  Requests,
  ServerToClientEvents,
  Ticket,
} from './index.ts'
import type { V2ClientToServerEvents, V2ServerToClientEvents } from './v2/index.ts'

it('infers payloads and answers from the entries', () => {
  expectTypeOf<PayloadOf<'close_ticket'>>().toEqualTypeOf<{ ticket_id: string }>()
  expectTypeOf<DataOf<'close_ticket'>>().toEqualTypeOf<{ ticket: Ticket; closed_now: boolean }>()
  expectTypeOf<DataOf<'join'>>().toEqualTypeOf<Page>()
  expectTypeOf<PayloadOf<'message_event'>>().toHaveProperty('cid').toEqualTypeOf<string>()
  expectTypeOf<PushOf<'new_ticket'>>().toEqualTypeOf<{ data: Ticket }>()
})

it('narrows the codes to those of the request', () => {
  expectTypeOf<'ticket_closed'>().toExtend<CodeOf<'ticket_message_event'>>()
  expectTypeOf<'ticket_closed'>().not.toExtend<CodeOf<'message_event'>>()
})

it('gives socket.io its event maps, of both dialects', () => {
  expectTypeOf<ClientToServerEvents['message_event']>()
    .parameter(1)
    .toEqualTypeOf<((answer: AnswerOf<'message_event'>) => void) | undefined>()
  expectTypeOf<AnswerOf<'message_event'>>().toEqualTypeOf<
    { status: 'success'; operation: string; data: Message } | Failure
  >()
  expectTypeOf<ServerToClientEvents['entries']>().parameter(0).toHaveProperty('epoch').toEqualTypeOf<string>()
  expectTypeOf<Parameters<V2ClientToServerEvents['join']>[0]>().toEqualTypeOf<{ room: string | number }>()
  expectTypeOf<Parameters<V2ServerToClientEvents['me']>>().toEqualTypeOf<[socketId: string]>()
})

it('has no request of type any', () => {
  type Anys<R> = { [K in keyof R]: 0 extends 1 & R[K] ? K : never }[keyof R]
  expectTypeOf<Anys<{ [K in keyof Requests]: PayloadOf<K> }>>().toBeNever()
  expectTypeOf<Anys<{ [K in keyof Requests]: DataOf<K> }>>().toBeNever()
})
