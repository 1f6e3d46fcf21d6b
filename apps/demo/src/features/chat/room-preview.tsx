import type { ListedRoom } from '@dowellchat/client'
import { blockedWords } from '../conversation/message/blocked-words.ts'
import { contentWords } from '../conversation/message/content-words.ts'
import { nameFromId } from '../people/names.ts'
import { useIsBlocked } from '../people/use-is-blocked.ts'
import { useSelf } from '../people/use-self.ts'

/** What was said last in a room, and by whom. */
export function RoomPreview({ room: { kind, last } }: { readonly room: ListedRoom }) {
  const { userId } = useSelf()
  const isBlocked = useIsBlocked(last?.author ?? '')
  if (!last) return <span className="room-preview one-line">No messages yet</span>
  if (last.kind === 'removed') return <span className="room-preview one-line">Message removed</span>
  if (isBlocked) return <span className="room-preview one-line">{blockedWords}</span>
  const isOwn = last.author === userId
  const name = last.display_name ?? nameFromId(last.author ?? '')
  const who = isOwn ? 'You: ' : kind === 'direct' ? '' : `${name.split(' ')[0]}: `
  return (
    <span className="room-preview one-line" dir="auto">
      {who}
      {contentWords(last)}
    </span>
  )
}
