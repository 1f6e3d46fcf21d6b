import type { MessageRow } from '@dowellchat/client'
import { skip, useRoomMembers } from '@dowellchat/client/react'
import { useMemo } from 'react'
import type { Mentionable } from '../conversation/composer/mentionable.ts'
import { useKnownPeople } from '../people/known-people.ts'
import { nameFromId } from '../people/names.ts'
import { useNameMap } from '../people/use-names-of.ts'
import { useSelf } from '../people/use-self.ts'
import { isMemberRoom } from './room-names.ts'

/** Whoever wrote before these is seldom meant. */
const newest = 100

/** Who can be mentioned in a room: its members; in an open one those who wrote last, and the people whom you know. */
export function useRoomPeople(room: string, messages: readonly MessageRow[]): readonly Mentionable[] {
  const { userId } = useSelf()
  const hasMembers = isMemberRoom(room)
  const { members } = useRoomMembers(hasMembers ? room : skip)
  const memberIds = useMemo(() => members.map(({ user_id }) => user_id), [members])
  const names = useNameMap(memberIds)
  const known = useKnownPeople()
  return useMemo(() => {
    if (hasMembers)
      return memberIds
        .filter((id) => id !== userId)
        .map((id) => ({ user_id: id, name: names.get(id) ?? nameFromId(id) }))
    const people = new Map<string, string>()
    for (const { message, isOwn } of messages.slice(-newest))
      if (!isOwn && message.author && !message.author.startsWith('guest:'))
        people.set(message.author, message.display_name ?? nameFromId(message.author))
    for (const one of known) if (!people.has(one.userId)) people.set(one.userId, one.name)
    return [...people].map(([user_id, name]) => ({ user_id, name }))
  }, [hasMembers, memberIds, names, messages, known, userId])
}
