import type { LineManager, User } from '@dowellchat/client'
import { useCreateLineManager } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { nameFromId } from '../people/names.ts'
import { newDraft, settingsOf } from './agent-draft.ts'
import { AgentFields } from './agent-fields.tsx'
import { PersonSearch } from './person-search.tsx'

/** Makes somebody who has been here an agent. */
export function AddAgent({ agents }: { readonly agents: readonly LineManager[] }) {
  const { createLineManager, isPending, error } = useCreateLineManager()
  const [person, setPerson] = useState<User | null>(null)
  const [changed, setChanged] = useState<ReturnType<typeof newDraft> | null>(null)
  // Follows the others, until somebody types.
  const draft = changed ?? newDraft(agents)

  function add(event: FormEvent): void {
    event.preventDefault()
    if (!person) return
    whenDone(createLineManager({ user_id: person.user_id, ...settingsOf(draft) }), () => {
      announce(`${person.name ?? nameFromId(person.user_id)} is an agent now`)
      setPerson(null)
      setChanged(null)
    })
  }

  return (
    <form className="agent-form add-agent" onSubmit={add} aria-labelledby="add-agent">
      <h3 id="add-agent">Add an agent</h3>
      <PersonSearch chosen={person} onChoose={setPerson} except={agents.map(({ user_id }) => user_id)} />
      {person && <AgentFields draft={draft} onChange={setChanged} />}
      <Problem what={error} />
      {person && (
        <div className="buttons">
          <button type="submit" className="button primary" disabled={isPending}>
            Add agent
          </button>
          <button type="button" className="button" onClick={() => setPerson(null)}>
            Choose somebody else
          </button>
        </div>
      )}
    </form>
  )
}
