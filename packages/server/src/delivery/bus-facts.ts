import { pushes } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { Audience } from './audience.ts'
import type { Facts } from './facts.ts'
import type { BusFact } from './reaches.ts'

const Text = z.string()
const inWorkspace = { workspace_id: Text }
const ofUser = { ...inWorkspace, user_id: Text }

const SentAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stream'), ...inWorkspace, stream: Text }),
  z.object({ kind: z.literal('agents'), ...inWorkspace }),
  z.object({ kind: z.literal('admins'), ...inWorkspace }),
  z.object({ kind: z.literal('user'), ...ofUser }),
  z.object({ kind: z.literal('watchers'), ...ofUser }),
  z.object({ kind: z.literal('device'), ...ofUser, device_id: Text }),
])
const SentAudience = z.object({
  addresses: z.array(SentAddress),
  except: z.optional(Text),
  exceptUsers: z.optional(z.array(Text)),
})

/** What the facts have that reach other servers over the bus. They are kept nowhere. */
const busFacts = {
  reader_changed: pushes.reader_changed,
  receipts: pushes.receipts,
  typing: pushes.typing,
  thread_updated: pushes.thread_updated,
  message_draft: pushes.message_draft,
  draft_stop: pushes.draft_stop,
  callUser: pushes.callUser,
  callSignal: pushes.callSignal,
  callEnded: pushes.callEnded,
  member_joined: z.object({ room: Text, who: Text }),
  member_left: z.object({ room: Text }),
} as const satisfies { readonly [K in BusFact]: z.core.$ZodType<Facts[K]> }

/** A fact that another server has sent. */
export type SentFact = {
  [K in BusFact]: { readonly to: Audience; readonly fact: K; readonly data: Facts[K] }
}[BusFact]

/** Whether a fact travels to other servers over the bus. */
export function isBusFact(fact: string): fact is BusFact {
  return Object.hasOwn(busFacts, fact)
}

/** Reads a fact that has arrived; undefined if it is none. */
export function readFact(sent: {
  readonly to: unknown
  readonly fact: string
  readonly data: unknown
}): SentFact | undefined {
  if (!isBusFact(sent.fact)) return undefined
  const to = z.safeParse(SentAudience, sent.to)
  const data = z.safeParse(busFacts[sent.fact], sent.data)
  if (!to.success || !data.success) return undefined
  // The schema is that of this fact.
  return { to: to.data, fact: sent.fact, data: data.data } as SentFact
}
