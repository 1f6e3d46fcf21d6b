import type { LineManager, LineManagerChanges } from '@dowellchat/client'
import { useAction, useChatClient } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { draftOf, settingsOf } from './agent-draft.ts'
import { AgentFields, ServedTopics } from './agent-fields.tsx'

interface EditAgentProps {
  readonly agent: LineManager
  readonly name: string
  readonly onClose: () => void
}

/** Changes how many tickets an agent gets, when, and about what. */
export function EditAgent({ agent, name, onClose }: EditAgentProps) {
  const { lineManagers } = useChatClient()
  const { run, isPending, error } = useAction((changes: LineManagerChanges) =>
    lineManagers.update(agent.user_id, changes),
  )
  const [draft, setDraft] = useState(() => draftOf(agent))

  function save(event: FormEvent): void {
    event.preventDefault()
    const topics = draft.topics && [...draft.topics]
    whenDone(run({ ...settingsOf(draft), topics }), () => {
      announce(`${name} is changed`)
      onClose()
    })
  }

  return (
    <Dialog title={name} onClose={onClose}>
      <form className="agent-form" onSubmit={save}>
        <AgentFields draft={draft} onChange={setDraft} />
        <ServedTopics served={draft.topics} onChange={(topics) => setDraft({ ...draft, topics })} />
        <Problem what={error} />
        <div className="buttons">
          <button type="submit" className="button primary" disabled={isPending}>
            Save
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
