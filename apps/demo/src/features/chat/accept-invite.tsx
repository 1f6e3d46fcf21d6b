import { isRequestError } from '@dowellchat/client'
import { skip, useConnection, useInvite } from '@dowellchat/client/react'
import { Mail } from 'lucide-react'
import { useCallback } from 'react'
import { Link, useLocation } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useTask } from '../../lib/use-task.ts'
import { useTitle } from '../../lib/use-title.ts'
import { useSelf } from '../people/use-self.ts'

/** The page of an invite link. Nobody joins a room by opening a link alone. */
export function AcceptInvite({ invite }: { readonly invite: string }) {
  const [, navigate] = useLocation()
  const { name, isGuest } = useSelf()
  const { status } = useConnection()
  const { acceptInvite } = useInvite(skip)
  useTitle('Invitation · dowellchat')
  const { run, isPending, problem } = useTask(
    useCallback(async () => {
      const { _id } = await acceptInvite(invite).catch((error: unknown) => {
        const isOver = isRequestError(error) && error.code === 'not_found'
        throw isOver ? new Error('This invitation is no longer valid') : error
      })
      navigate(paths.room(_id))
    }, [acceptInvite, invite, navigate]),
  )
  return (
    <EmptyState icon={Mail} title="You are invited to a room">
      <p>{isGuest ? 'Log in to join it. Guests cannot be members of a room.' : `You join it as ${name}.`}</p>
      <Problem text={problem} />
      <div className="buttons">
        {!isGuest && (
          <button
            type="button"
            className="button primary"
            disabled={isPending || status !== 'online'}
            onClick={() => void run()}
          >
            Join the room
          </button>
        )}
        <Link href={paths.chat} className="button">
          Not now
        </Link>
      </div>
    </EmptyState>
  )
}
