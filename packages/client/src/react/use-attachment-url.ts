import type { Attachment } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { MessageOrRow } from '../messages/live-stream.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface AttachmentUrlData {
  /**
   * For `src`. It needs no session, and ends after some minutes: `reload` asks for another one. A link asks `attachments.url` of the
   * client when it is pressed.
   */
  readonly url: string
  readonly reload: LiveThing<string>['reload']
}

/** Where a file can be fetched, and whether that is known (`status`). */
export type UseAttachmentUrl = HookState<AttachmentUrlData, Missing<AttachmentUrlData, 'url'>>

/**
 * Where a file of a message can be fetched, or shown from: one's own files also before their message is sent.
 * @example
 * const { url, reload } = useAttachmentUrl(row, attachment)
 * // url && <img src={url} alt={attachment.name} width={attachment.width} height={attachment.height} onError={() => void reload()} />
 */
export function useAttachmentUrl(message: MessageOrRow | Skip, attachment: Attachment): UseAttachmentUrl {
  const { attachments } = useChatClient()
  return useThing(message === skip ? noThing : attachments.urlOf(message, attachment), 'url')
}
