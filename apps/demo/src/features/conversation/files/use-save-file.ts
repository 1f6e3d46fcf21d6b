import type { Attachment, Message, MessageRow } from '@dowellchat/client'
import { useAction, useChatClient } from '@dowellchat/client/react'
import { useCallback } from 'react'
import { whenDone } from '../../../lib/when-done.ts'

/** Saves a file on the reader's device, under an address that is asked for when it is needed. */
export function useSaveFile(row: MessageRow | Message, file: Attachment) {
  const { attachments } = useChatClient()
  const { run, isPending, error } = useAction(attachments.url)
  const save = useCallback(() => whenDone(run(row, file), (url) => follow(url, file.name)), [run, row, file])
  return { save, isPending, error }
}

function follow(url: string, name: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.rel = 'noopener'
  link.click()
}
