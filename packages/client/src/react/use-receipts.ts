import { useMemo } from 'react'
import { ifLoaded } from '../live/later-code.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { MessageReaders, Receipts } from '../rooms/receipts-state.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface ReceiptsData {
  /** Who has read how far; null until that is loaded, empty in a room of more than 50 members. */
  readonly receipts: Receipts['receipts']
  /** Who has read the message with this `nth`. Nobody until that is loaded. */
  readonly readersOf: (nth: number) => MessageReaders
  readonly reload: LiveThing<Receipts>['reload']
}

/** Who has read what, and whether that is loaded (`status`). */
export type UseReceipts = HookState<ReceiptsData, Missing<ReceiptsData, 'receipts'>>

/** Where people read: a room by its name, or a ticket by its id. */
export type ReadPlace = string | { readonly ticket: string }

/**
 * Who has read which message, without the user; current while the room is shown. Names nobody in a room of more than 50
 * members: there `of` is the `nth` of the message whose readers are to be counted.
 * @example
 * const { readersOf } = useReceipts(room)
 * // {messages.map((row) => row.isOwn && row.message.nth && <Ticks seen={readersOf(row.message.nth).count} />)}
 */
export function useReceipts(place: ReadPlace | Skip, of?: number): UseReceipts {
  const { rooms, tickets } = useChatClient()
  const state = useThing(place === skip ? noThing : receiptsOf(place), 'known')

  function receiptsOf(one: ReadPlace): LiveThing<Receipts> {
    return typeof one === 'string' ? rooms.receipts(one, of) : tickets.receipts(one.ticket)
  }
  return useMemo(() => {
    const { known, ...rest } = state
    // What is known has come with the code.
    const readers = (nth: number): MessageReaders =>
      (known && ifLoaded(({ readersOf }) => readersOf(known, nth, of))) ?? nobody
    // As in `useThing`: what `status` says of what is known holds for its parts.
    return { ...rest, receipts: known?.receipts ?? null, readersOf: readers } as UseReceipts
  }, [state, of])
}

const nobody: MessageReaders = { user_ids: [], count: 0 }
