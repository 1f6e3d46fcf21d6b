import { expectTypeOf, it } from 'vitest'
import type { Message, Room, SendOptions, Ticket, TicketDraft, User, UserChanges } from './index.ts'

type Any = Record<string, unknown>

it('[TD16] takes an object of anything as metadata where nothing is registered', () => {
  expectTypeOf<Message['metadata']>().toEqualTypeOf<Any | undefined>()
  expectTypeOf<Ticket['metadata']>().toEqualTypeOf<Any | undefined>()
  expectTypeOf<User['metadata']>().toEqualTypeOf<Partial<Any>>()
  expectTypeOf<Room['metadata']>().toEqualTypeOf<Partial<Any>>()
  expectTypeOf<SendOptions['metadata']>().toEqualTypeOf<Any | undefined>()
  expectTypeOf<TicketDraft['metadata']>().toEqualTypeOf<Any | undefined>()
  expectTypeOf<UserChanges['metadata']>().toEqualTypeOf<Partial<Any> | undefined>()
})
