import type { Call, MessageRow, RequestError, SearchHit, Ticket } from '@dowellchat/client'
import * as hooks from '@dowellchat/client/react'
import type { ReactNode } from 'react'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
const yes = <T extends true>(..._proof: T[]): void => {}
const no = <T extends false>(..._proof: T[]): void => {}

type Hooks = Pick<typeof hooks, Extract<keyof typeof hooks, `use${string}`>>
type Fields<T> = { [K in keyof T]: IsAny<T[K]> }[keyof T]
no<{ [K in keyof Hooks]: Fields<ReturnType<Hooks[K]>> }[keyof Hooks]>()

export function Page({ room }: { readonly room?: string }): ReactNode {
  const { messages, status } = hooks.useMessages(room ?? hooks.skip)
  const state = hooks.useTicket(hooks.skip)
  yes<Equal<typeof messages, readonly MessageRow[]>>()
  yes<Equal<typeof status, 'skipped' | 'loading' | 'ready' | 'error'>>()
  yes<Equal<typeof state.ticket, Ticket | null>>()
  if (state.status === 'ready') yes<Equal<typeof state.ticket, Ticket>>()
  else yes<Equal<typeof state.ticket, null>>()
  if (state.status === 'error') no<Equal<Extract<typeof state.error, null>, null>>()
  const { tickets, hasMore } = hooks.useTickets({ is_closed: false })
  yes<Equal<typeof tickets, readonly Ticket[]>>()
  yes<Equal<typeof hasMore, boolean>>()
  const { attachments, add } = hooks.useAttachments()
  yes<Equal<Parameters<typeof add>[0], Iterable<Blob>>>()
  void hooks.useSendMessage('lobby').send('', { attachments })
  const { hits } = hooks.useSearch({ text: 'hello' })
  yes<Equal<typeof hits, readonly SearchHit[]>>()
  const { createTicket, error } = hooks.useCreateTicket()
  yes<Equal<Awaited<ReturnType<typeof createTicket>>, Ticket>>()
  yes<Equal<typeof error, RequestError | null>>()
  yes<Equal<hooks.UseCall['call'], Call | null>>()
  // @ts-expect-error neither a name nor `skip`
  hooks.useRoom(null)
  return (
    <hooks.ChatProvider url="http://localhost:4000" auth={{ token: 'a.b.c' }} calls={{ iceServers: [] }}>
      {messages.length}
    </hooks.ChatProvider>
  )
}

// @ts-expect-error a client, or what to make one of
export const wrong = <hooks.ChatProvider />
