import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../lib/paths.ts'

/** Joins a room by name. Joining a room that does not exist creates it. */
export function JoinRoom() {
  const [name, setName] = useState('')
  const [, navigate] = useLocation()

  function join(event: FormEvent): void {
    event.preventDefault()
    if (name.trim() === '') return
    navigate(paths.room(name.trim()))
    setName('')
  }

  return (
    <form className="join-room input-row" onSubmit={join}>
      <input
        className="input"
        aria-label="Room name"
        placeholder="Join a room by name"
        dir="auto"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button">
        Join
      </button>
    </form>
  )
}
