import type { Role } from '@dowellchat/client'
import { ArrowRight } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { suggestedName, suggestedRole } from '../../settings.ts'
import { isRole, roles, roleTitles, userIdOf } from './names.ts'
import { enterAs } from './person.ts'

const longestName = 64

/** Enters under any name and in any role. */
export function OwnNameForm() {
  const [name, setName] = useState(suggestedName)
  const [role, setRole] = useState<Role>(isRole(suggestedRole) ? suggestedRole : 'customer')
  const [problem, setProblem] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // Not on a touch screen, where the keyboard would cover the people to choose from.
    if (matchMedia('(pointer: fine)').matches) input.current?.focus()
  }, [])

  function enter(event: FormEvent): void {
    event.preventDefault()
    const found = problemOf(name)
    setProblem(found)
    if (found === null) enterAs(name, role)
    else input.current?.focus()
  }

  return (
    <form className="own-name" onSubmit={enter} noValidate aria-labelledby="own-name">
      <h2 id="own-name">Or enter a name of your own</h2>
      <div className="field">
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          ref={input}
          className="input"
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="off"
          placeholder="Kim"
          dir="auto"
          aria-invalid={problem !== null}
          aria-describedby="name-problem name-hint"
        />
        <Problem id="name-problem" what={problem} />
        <p className="hint" id="name-hint">
          The same name is always the same person.
        </p>
      </div>
      <fieldset>
        <legend>Your role</legend>
        <Segments
          name="role"
          choices={roles.map((one) => [one, roleTitles[one]])}
          chosen={role}
          onChoose={setRole}
        />
      </fieldset>
      <button type="submit" className="button primary wide">
        Enter <ArrowRight aria-hidden />
      </button>
    </form>
  )
}

function problemOf(name: string): string | null {
  if (name.trim() === '') return 'Enter your name, so that others know who is writing'
  if (userIdOf(name) === '') return 'Use at least one letter or digit'
  if (name.trim().length > longestName) return `Use at most ${longestName} characters`
  return null
}
