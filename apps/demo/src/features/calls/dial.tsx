import { useRooms, useStartCall } from '@dowellchat/client/react'
import { Phone, Video } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { isGuestAddress, userIdOf } from '../people/names.ts'
import { type SeenPerson, useSeenPeople } from '../people/seen-people.ts'
import { useSelf } from '../people/use-self.ts'
import { PeopleToCall } from './people-to-call.tsx'
import { useAddressName } from './use-address-name.ts'

interface DialProps {
  /** The address of somebody to begin with, or ''. */
  readonly suggested: string
  /** The ticket to call them about. */
  readonly ticketId: string | null
}

/** A form to call somebody by name. */
export function Dial({ suggested, ticketId }: DialProps) {
  const { userId } = useSelf()
  const suggestedName = useAddressName(suggested)
  const people = useSeenPeople().filter(({ address }) => address !== userId)
  const rooms = useRooms()
    .rooms.filter(({ kind }) => kind === 'open')
    .map(({ _id }) => _id)
  const { startCall } = useStartCall()
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)

  const who = typed ?? suggestedName
  const isSuggested = who === suggestedName
  const isAboutTicket = isSuggested && ticketId !== null

  function call(video: boolean): void {
    const address = isSuggested ? suggested : addressIn(who, people, rooms)
    const found = problemOf(address, userId)
    setProblem(found)
    // Any later failure ends the call, and `CallOutcome` shows it.
    if (found === null) void startCall(address, { video, ticketId: isAboutTicket ? ticketId : undefined })
    else input.current?.focus()
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    call(true)
  }

  return (
    <section className="card" aria-labelledby="dial">
      <h2 id="dial">Start a call</h2>
      <form className="dial" onSubmit={submit}>
        <div className="field">
          <label htmlFor="who">Who to call</label>
          <input
            id="who"
            ref={input}
            className="input"
            dir="auto"
            autoComplete="off"
            placeholder="Ann"
            aria-invalid={problem !== null}
            aria-describedby="who-problem who-hint"
            value={who}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Problem id="who-problem" what={problem} />
          <p className="hint" id="who-hint">
            {isAboutTicket
              ? 'This call is about the ticket. You can both write in it during the call.'
              : 'A person’s name, or a room to call everyone in it.'}
          </p>
        </div>
        <div className="buttons">
          <button type="submit" className="button primary">
            <Video aria-hidden /> Call
          </button>
          <button type="button" className="button" onClick={() => call(false)}>
            <Phone aria-hidden /> Call without video
          </button>
        </div>
      </form>
      <PeopleToCall people={people} onCall={(address) => void startCall(address)} />
    </section>
  )
}

/** The address of a person you have met, a room you have been in, a guest, or anyone who enters with that name. */
function addressIn(who: string, people: readonly SeenPerson[], rooms: readonly string[]): string {
  const text = who.trim()
  const seen = people.find(({ address, name }) => [address, name].includes(text))
  if (seen) return seen.address
  return rooms.includes(text) || isGuestAddress(text) ? text : userIdOf(text)
}

function problemOf(address: string, userId: string): string | null {
  if (address === '') return 'Enter who to call'
  if (address === userId) return 'That is you. Call somebody else.'
  return null
}
