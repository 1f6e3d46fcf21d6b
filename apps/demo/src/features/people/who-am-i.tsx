import type { Role } from '@dowellchat/client'
import { ArrowRight, Headset, type LucideIcon, ShieldCheck, UserRound } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Brand } from '../../components/brand.tsx'
import { Problem } from '../../components/problem.tsx'
import { suggestedName, suggestedRole } from '../../settings.ts'
import { ThemeToggle } from '../shell/theme-toggle.tsx'
import { enterAs, isRole, roles, roleTitles, userIdOf } from './person.ts'
import './who-am-i.css'

const about: Readonly<Record<Role, { icon: LucideIcon; text: string }>> = {
  customer: { icon: UserRound, text: 'Chat, call and ask for support' },
  agent: { icon: Headset, text: 'Answer customers’ tickets' },
  admin: { icon: ShieldCheck, text: 'Also set up topics and line managers' },
}
const longestName = 64

/** The first page: asks for a name and a role. */
export function WhoAmI() {
  const [name, setName] = useState(suggestedName)
  const [role, setRole] = useState<Role>(isRole(suggestedRole) ? suggestedRole : 'customer')
  const [problem, setProblem] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])

  function enter(event: FormEvent): void {
    event.preventDefault()
    const found = problemOf(name)
    setProblem(found)
    if (found === null) enterAs(name, role)
    else input.current?.focus()
  }

  return (
    <div className="who-am-i">
      <header className="who-am-i-header">
        <Brand />
        <ThemeToggle />
      </header>
      <main className="who-am-i-card">
        <h1>Who are you?</h1>
        <p className="muted">Chat, calls and support tickets on your own server.</p>
        <form onSubmit={enter} noValidate>
          <div className="field">
            <label htmlFor="name">Your name</label>
            <input
              id="name"
              ref={input}
              className="input"
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoComplete="off"
              placeholder="Ann"
              dir="auto"
              aria-invalid={problem !== null}
              aria-describedby="name-problem name-hint"
            />
            <Problem id="name-problem" text={problem} />
          </div>
          <fieldset className="roles">
            <legend>Your role</legend>
            {roles.map((one) => (
              <RoleOption key={one} role={one} isChosen={one === role} onChoose={setRole} />
            ))}
          </fieldset>
          <button type="submit" className="button primary wide">
            Enter <ArrowRight aria-hidden />
          </button>
        </form>
        <p className="hint" id="name-hint">
          Each tab is a separate person. Open this page in a second tab, enter another name, and talk to
          yourself. The same name is always the same person.
        </p>
      </main>
    </div>
  )
}

function problemOf(name: string): string | null {
  if (name.trim() === '') return 'Enter your name, so that others know who is writing'
  if (userIdOf(name) === '') return 'Use at least one letter or digit'
  if (name.trim().length > longestName) return `Use at most ${longestName} characters`
  return null
}

interface RoleOptionProps {
  readonly role: Role
  readonly isChosen: boolean
  readonly onChoose: (role: Role) => void
}

function RoleOption({ role, isChosen, onChoose }: RoleOptionProps) {
  const { icon: Icon, text } = about[role]
  return (
    <label className="role">
      <input type="radio" name="role" value={role} checked={isChosen} onChange={() => onChoose(role)} />
      <Icon aria-hidden />
      <span>
        <strong>{roleTitles[role]}</strong>
        <span className="muted">{text}</span>
      </span>
    </label>
  )
}
