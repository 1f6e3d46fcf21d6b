import { isRequestError } from '@dowellchat/client'
import { useAcceptInvite, useConnection } from '@dowellchat/client/react'
import { Mail } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useSelf } from '../people/use-self.ts'

/** The page of an invite link. Nobody joins a room by opening a link alone. */
export function AcceptInvite({ invite }: { readonly invite: string }) {
  const [, navigate] = useLocation()
  const { name, isGuest } = useSelf()
  const { status } = useConnection()
  const { acceptInvite, isPending, error } = useAcceptInvite()
  useTitle('Invitation · dowellchat')
  const isOver = isRequestError(error) && error.code === 'not_found'
  return (
    <EmptyState icon={Mail} title="You are invited to a room">
      <p>{isGuest ? 'Log in to join it. Guests cannot be members of a room.' : `You join it as ${name}.`}</p>
      <Problem what={isOver ? 'This invitation is no longer valid' : error} />
      <div className="buttons">
        {!isGuest && (
          <button
            type="button"
            className="button primary"
            disabled={isPending || status !== 'online'}
            onClick={() => whenDone(acceptInvite(invite), ({ _id }) => navigate(paths.room(_id)))}
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
