import type { Role } from '@dowellchat/client'
import { ArrowRight, Headset, type LucideIcon, ShieldCheck, UserRound } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Brand } from '../../components/brand.tsx'
import { Problem } from '../../components/problem.tsx'
import { suggestedName, suggestedRole } from '../../settings.ts'
import { ThemeToggle } from '../shell/theme-toggle.tsx'
import { enterAs, isRole, roles, userIdOf } from './person.ts'
import './who-am-i.css'

const about: Readonly<Record<Role, { icon: LucideIcon; title: string; text: string }>> = {
  customer: { icon: UserRound, title: 'Customer', text: 'Chats, calls and asks for support' },
  agent: { icon: Headset, title: 'Agent', text: 'Answers the tickets of customers' },
  admin: { icon: ShieldCheck, title: 'Admin', text: 'Sets up topics and line managers too' },
}
const longestName = 64

/** The first page: one's name and role. */
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
        <p className="muted">Chat, calls and support tickets, on a server of your own.</p>
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
          Each tab is somebody: open this page in another one under another name, and talk to yourself. The
          same name is the same person.
        </p>
      </main>
    </div>
  )
}

function problemOf(name: string): string | null {
  if (name.trim() === '') return 'Tell us a name, so that others know who writes'
  if (userIdOf(name) === '') return 'A name needs a letter or a digit'
  if (name.trim().length > longestName) return `A name has at most ${longestName} characters: shorten it`
  return null
}

interface RoleOptionProps {
  readonly role: Role
  readonly isChosen: boolean
  readonly onChoose: (role: Role) => void
}

function RoleOption({ role, isChosen, onChoose }: RoleOptionProps) {
  const { icon: Icon, title, text } = about[role]
  return (
    <label className="role">
      <input type="radio" name="role" value={role} checked={isChosen} onChange={() => onChoose(role)} />
      <Icon aria-hidden />
      <span>
        <strong>{title}</strong>
        <span className="muted">{text}</span>
      </span>
    </label>
  )
}
