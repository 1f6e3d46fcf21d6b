import { type UseLineManagers, useCreateLineManager } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { whenDone } from '../../lib/when-done.ts'
import { userIdOf } from '../people/names.ts'
import { useSelf } from '../people/use-self.ts'
import { NumberField } from './number-field.tsx'

const emptyDraft = { name: '', position: '', minutes: '5', capacity: '' }

/** Makes somebody a line manager. */
export function LineManagerForm({ lineManagers }: Pick<UseLineManagers, 'lineManagers'>) {
  const { userId: ownId, name: ownName } = useSelf()
  const { createLineManager, isPending, error } = useCreateLineManager()
  const [draft, setDraft] = useState(emptyDraft)
  const change = (changes: Partial<typeof draft>): void => setDraft({ ...draft, ...changes })
  const nextPosition = String((lineManagers.at(-1)?.positions_in_a_line ?? 0) + 1)
  const isOneselfAlready = lineManagers.some(({ user_id }) => user_id === ownId)

  function create(event: FormEvent): void {
    event.preventDefault()
    const manager = {
      user_id: userIdOf(draft.name),
      positions_in_a_line: Number(draft.position || nextPosition),
      average_serving_time: Number(draft.minutes),
      capacity: draft.capacity === '' ? null : Number(draft.capacity),
    }
    whenDone(createLineManager(manager), () => setDraft(emptyDraft))
  }

  return (
    <form className="manager-form" onSubmit={create}>
      <div className="field manager-user">
        <label htmlFor="manager-user">Name</label>
        <input
          id="manager-user"
          className="input"
          dir="auto"
          autoComplete="off"
          required
          placeholder="Meg"
          aria-describedby="manager-user-hint manager-problem"
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
        />
        <p className="hint" id="manager-user-hint">
          The name that they enter with
        </p>
      </div>
      <NumberField
        label="Position"
        hint="In a tie, the lowest gets the next ticket"
        placeholder={nextPosition}
        value={draft.position}
        onChange={(position) => change({ position })}
      />
      <NumberField
        label="Minutes per ticket"
        hint="Used to estimate waiting times"
        isRequired
        value={draft.minutes}
        onChange={(minutes) => change({ minutes })}
      />
      <NumberField
        label="Capacity"
        hint="Open tickets at a time"
        placeholder="No limit"
        least={1}
        value={draft.capacity}
        onChange={(capacity) => change({ capacity })}
      />
      <Problem id="manager-problem" what={error} />
      <div className="buttons">
        <button type="submit" className="button primary" disabled={isPending}>
          Create line manager
        </button>
        {!isOneselfAlready && (
          <button type="button" className="button" onClick={() => change({ name: ownName })}>
            Fill in my name
          </button>
        )}
      </div>
    </form>
  )
}
