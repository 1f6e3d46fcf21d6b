import { useLeaveRoom } from '@dowellchat/client/react'
import { useLocation } from 'wouter'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useSelf } from '../people/use-self.ts'
import { forgetRoom } from './last-room.ts'

/** Leaves a room for good, and its page. @param isShown whether the page is the room's */
export function useLeaving(room: string, { isShown = true } = {}) {
  const { leaveRoom, isPending, error } = useLeaveRoom()
  const { userId } = useSelf()
  const [, navigate] = useLocation()

  function leave(): void {
    whenDone(leaveRoom(room), () => {
      forgetRoom(userId, room)
      // Going back would join it again.
      if (isShown) navigate(paths.chat, { replace: true })
    })
  }

  return { leave, isPending, error }
}
