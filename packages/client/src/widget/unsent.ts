import type { PendingAttachments } from '../attachments/pending-state.ts'
import type { ChatClient } from '../client.ts'
import type { Ticket } from '../entities.ts'
import { uuid } from '../uuid.ts'

/** What a visitor has written and chosen and not sent, by conversation; under '' that of the form. */
export interface Unsent {
  readonly texts: Map<string, string>
  /** The conversation that the form begins: once, however often it is tried and whatever is shown meanwhile. */
  readonly next: {
    cid: string
    /** While it begins; resolves to nothing where the visitor has to choose first. */
    beginning?: Promise<Ticket | undefined> | undefined
  }
  /** The files, which stay until the visitor is gone, whatever is shown meanwhile. */
  readonly files: (key: string) => PendingAttachments
  readonly close: () => void
}

export function createUnsent({ attachments }: ChatClient): Unsent {
  const files = new Map<string, PendingAttachments>()
  const letGos: (() => void)[] = []
  return {
    texts: new Map(),
    next: { cid: uuid() },
    files(key) {
      const known = files.get(key)
      if (known) return known
      const pending = attachments.pending()
      files.set(key, pending)
      letGos.push(pending.retain())
      return pending
    },
    close() {
      for (const letGo of letGos) letGo()
    },
  }
}

/** Fills a field with what was written in it before, and keeps what is written from now on. */
export function keepWritten(field: HTMLTextAreaElement, { texts }: Unsent, key: string): void {
  field.value = texts.get(key) ?? ''
  field.addEventListener('input', () => {
    if (field.value === '') texts.delete(key)
    else texts.set(key, field.value)
  })
}
