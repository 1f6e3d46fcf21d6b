import { useTopics } from '@dowellchat/client/react'
import { topicTitle } from '../tickets/use-topic-title.ts'
import type { AgentDraft } from './agent-draft.ts'
import { NumberField } from './number-field.tsx'

interface AgentFieldsProps {
  readonly draft: AgentDraft
  readonly onChange: (draft: AgentDraft) => void
}

/** How many tickets an agent gets, and when. */
export function AgentFields({ draft, onChange }: AgentFieldsProps) {
  const change = (changes: Partial<AgentDraft>): void => onChange({ ...draft, ...changes })
  return (
    <div className="agent-fields">
      <NumberField
        label="Position"
        hint="In a tie, the lowest gets the next ticket"
        isRequired
        value={draft.position}
        onChange={(position) => change({ position })}
      />
      <NumberField
        label="Minutes per ticket"
        hint="Used to estimate waits, until it is known"
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
    </div>
  )
}

interface ServedTopicsProps {
  readonly served: AgentDraft['topics']
  readonly onChange: (served: AgentDraft['topics']) => void
}

/** The topics that an agent serves: all, or some. */
export function ServedTopics({ served, onChange }: ServedTopicsProps) {
  const { topics } = useTopics()

  function toggle(name: string, isServed: boolean): void {
    const now = served ?? []
    onChange(isServed ? [...now, name] : now.filter((one) => one !== name))
  }

  return (
    <fieldset className="agent-topics">
      <legend>Topics</legend>
      <label>
        <input
          type="checkbox"
          checked={served === null}
          onChange={({ target }) => onChange(target.checked ? null : topics.map(({ name }) => name))}
        />
        All, those to come too
      </label>
      {served !== null &&
        topics.map(({ _id, name, title }) => (
          <label key={_id}>
            <input
              type="checkbox"
              checked={served.includes(name)}
              onChange={({ target }) => toggle(name, target.checked)}
            />
            <bdi>{topicTitle({ name, title })}</bdi>
          </label>
        ))}
    </fieldset>
  )
}
