import type { UseAttachments } from '@dowellchat/client/react'
import { useEffect, useRef, useState } from 'react'
import type { Intention } from '../composer/intention.ts'

/** A message that is to be sent: its text, and what it answers. */
interface Draft {
  readonly text: string
  readonly intention: Intention | null
}

interface Wanted extends Draft {
  /** The ids of its files: what is taken out or added meanwhile makes another message of it. */
  readonly fileIds: string
}

/**
 * Sends a draft once its files are uploaded: at once, or when the last of them is. A file that fails, and whatever changes
 * the draft or its files, ends the waiting. Editing another message does not: the draft goes when that is done.
 *
 * @returns whether it waits, and what sends it
 */
export function useWhenUploaded(
  { attachments }: UseAttachments,
  { text, intention }: Draft,
  send: () => void,
): readonly [boolean, () => void] {
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const latest = useRef(send)
  useEffect(() => {
    latest.current = send
  })
  const isEditing = intention?.kind === 'edit'
  const fileIds = attachments.map(({ id }) => id).join()
  const isReady = attachments.every(({ status }) => status === 'ready')
  const hasFailed = attachments.some(({ status }) => status === 'failed')
  const isSame =
    wanted?.text === text && wanted.fileIds === fileIds && (isEditing || wanted.intention === intention)
  const isWaiting = isSame && !hasFailed
  const isDue = wanted !== null && !isEditing && (isReady || !isWaiting)
  useEffect(() => {
    if (!isDue) return
    setWanted(null)
    if (isWaiting) latest.current()
  }, [isDue, isWaiting])
  return [isWaiting, () => (isReady ? send() : setWanted({ text, intention, fileIds }))]
}
