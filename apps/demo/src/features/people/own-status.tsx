import { useAction, useOwnPresence } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { Switch } from '../../components/switch.tsx'
import { announce } from '../../lib/announce.ts'
import { useAtOnce } from '../../lib/use-at-once.ts'
import { whenDone } from '../../lib/when-done.ts'
import './own-status.css'

type Availability = 'online' | 'away' | 'offline'

const choices: readonly (readonly [Availability, string])[] = [
  ['online', 'Online'],
  ['away', 'Away'],
  ['offline', 'Invisible'],
]
const longest = 100

/** Whether you are there, what you say of yourself, and what others learn of you. */
export function OwnStatus() {
  const { presence, set, preferences, setPreferences } = useOwnPresence()
  const status = useAction(set)
  const privacy = useAction(setPreferences)
  const [availability, choose] = useAtOnce(presence?.availability ?? 'online', (availability: Availability) =>
    status.run({ availability }),
  )
  return (
    <>
      <fieldset>
        <legend className="own-status-legend">Others see you as</legend>
        <Segments name="availability" choices={choices} chosen={availability} onChoose={choose} />
      </fieldset>
      <StatusText
        key={presence?.status_text ?? ''}
        text={presence?.status_text ?? ''}
        save={(text) => status.run({ status_text: text })}
      />
      <Problem what={status.error ?? privacy.error} />
      {preferences && (
        <>
          <SharingSwitch
            label="Show when you have read messages"
            isOn={preferences.sends_receipts}
            save={(isOn) => privacy.run({ sends_receipts: isOn })}
          />
          <SharingSwitch
            label="Show whether you are there"
            isOn={preferences.shows_presence}
            save={(isOn) => privacy.run({ shows_presence: isOn })}
          />
        </>
      )}
    </>
  )
}

interface SharingSwitchProps {
  readonly label: string
  readonly isOn: boolean
  readonly save: (isOn: boolean) => Promise<unknown>
}

function SharingSwitch({ label, isOn, save }: SharingSwitchProps) {
  const [shown, choose] = useAtOnce(isOn, save)
  return (
    <Switch
      label={label}
      hint="If it is off, you do not see it of others either."
      isOn={shown}
      onChange={choose}
    />
  )
}

interface StatusTextProps {
  readonly text: string
  readonly save: (text: string | null) => Promise<unknown>
}

function StatusText({ text: saved, save }: StatusTextProps) {
  const [text, setText] = useState(saved)

  function submit(event: FormEvent): void {
    event.preventDefault()
    whenDone(save(text.trim() === '' ? null : text.trim()), () => announce('Your status is saved'))
  }

  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor="status-text">Your status</label>
      <div className="input-row">
        <input
          id="status-text"
          className="input"
          dir="auto"
          autoComplete="off"
          placeholder="Back at 3"
          maxLength={longest}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button" disabled={text.trim() === saved}>
          Save
        </button>
      </div>
    </form>
  )
}
