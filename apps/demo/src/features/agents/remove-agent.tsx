import type { LineManager } from '@dowellchat/client'
import { useAction, useChatClient } from '@dowellchat/client/react'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'

interface RemoveAgentProps {
  readonly agent: LineManager
  readonly name: string
  readonly onClose: () => void
}

/** Asks before somebody takes no tickets any more. */
export function RemoveAgent({ agent, name, onClose }: RemoveAgentProps) {
  const { lineManagers } = useChatClient()
  const { run, isPending, error } = useAction(lineManagers.remove)

  function remove(): void {
    whenDone(run(agent.user_id), (count) => {
      announce(
        count === 0 ? `${name} is no agent any more` : `${name} is no agent any more: ${backWords(count)}`,
      )
      onClose()
    })
  }

  return (
    <Dialog title={`Remove ${name} from the agents?`} onClose={onClose}>
      <p>
        What they have open goes back into the line, each ticket at its old place. To stop new tickets only,
        pause them.
      </p>
      <Problem what={error} />
      <div className="buttons">
        <button type="button" className="button danger" disabled={isPending} onClick={remove}>
          Remove
        </button>
        <button type="button" className="button" onClick={onClose}>
          Keep them
        </button>
      </div>
    </Dialog>
  )
}

function backWords(count: number): string {
  return count === 1 ? '1 ticket is back in the line' : `${count} tickets are back in the line`
}
