import type { MessageRow } from '@dowellchat/client'
import { useEffect } from 'react'
import { createStored, useStored } from '../../lib/stored.ts'

/** A message of your own that the server has not acknowledged. */
export interface Unsent {
  readonly cid: string
  readonly text: string
}

type UnsentByConversation = Readonly<Record<string, readonly Unsent[]>>

const stored = createStored<UnsentByConversation>('sessionStorage', 'unsent', (value) =>
  Object.fromEntries(
    Object.entries(value ?? {}).map(([key, list]) => [key, Array.isArray(list) ? list.filter(isUnsent) : []]),
  ),
)

function isUnsent(value: unknown): value is Unsent {
  const { cid, text } = (value ?? {}) as Partial<Record<keyof Unsent, unknown>>
  return typeof cid === 'string' && typeof text === 'string'
}

const none: readonly Unsent[] = []

function setUnsent(key: string, list: readonly Unsent[]): void {
  const { [key]: _, ...others } = stored.get()
  stored.set(list.length > 0 ? { ...others, [key]: list } : others)
}

/** Stores messages that are being sent or have failed, and returns those from before the last reload. */
export function useUnsent(key: string, messages: readonly MessageRow[]): readonly Unsent[] {
  const kept = useStored(stored)[key] ?? none
  const own = new Set(messages.filter(({ isOwn }) => isOwn).map(({ message }) => message.cid))
  const earlier = kept.filter(({ cid }) => !own.has(cid))
  const pending = messages.filter(({ delivery }) => delivery !== 'sent')
  const list = [
    ...earlier,
    ...pending.map(({ message: { cid, message_data } }) => ({ cid, text: message_data })),
  ]
  const isKept = list.length === kept.length && list.every(({ cid }, at) => cid === kept[at]?.cid)
  useEffect(() => {
    if (!isKept) setUnsent(key, list)
  })
  return earlier
}

export function forgetUnsent(key: string, cid: string): void {
  setUnsent(
    key,
    (stored.get()[key] ?? none).filter((one) => one.cid !== cid),
  )
}
