import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from 'react'
import { announce } from '../../../lib/announce.ts'
import { askedAt, type Mentionable, peopleLike } from './mentionable.ts'

export interface MentionKeys {
  readonly id: string
  readonly found: readonly Mentionable[]
  readonly chosen: number
  readonly pick: (person: Mentionable) => void
  /** @returns whether the key was for the suggestions */
  readonly onKeyDown: (event: KeyboardEvent) => boolean
  readonly inputProps: {
    readonly 'aria-controls'?: string
    readonly 'aria-activedescendant'?: string
    readonly onSelect: () => void
    readonly onBlur: () => void
  }
}

/** Suggests people behind an @: the arrows choose, Enter and Tab pick, Escape closes. */
export function useMentionKeys(
  input: RefObject<HTMLTextAreaElement | null>,
  text: string,
  people: readonly Mentionable[],
  write: (text: string) => void,
): MentionKeys {
  const id = useId()
  const [caret, setCaret] = useState(0)
  const [chosen, setChosen] = useState(0)
  const [closedAt, setClosedAt] = useState<number | null>(null)
  const asked = askedAt(text, caret)
  // Another @ may be in the same place.
  if (asked === null && closedAt !== null) setClosedAt(null)
  const isOpen = asked !== null && asked.start !== closedAt
  const found = isOpen ? peopleLike(asked.query, people) : []
  const at = Math.min(chosen, found.length - 1)
  useSuggestionsSaid(found.length)

  function pick({ name }: Mentionable): void {
    if (!asked) return
    const end = asked.start + name.length + 2
    write(`${text.slice(0, asked.start)}@${name} ${text.slice(caret).replace(/^ /, '')}`)
    setChosen(0)
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(end, end)
    })
  }

  function onKeyDown(event: KeyboardEvent): boolean {
    const person = found[at]
    if (!person || event.shiftKey) return false
    const { key } = event
    if (key === 'ArrowDown' || key === 'ArrowUp')
      setChosen((at + (key === 'ArrowDown' ? 1 : found.length - 1)) % found.length)
    else if (key === 'Enter' || key === 'Tab') pick(person)
    else if (key === 'Escape') setClosedAt(asked?.start ?? null)
    else return false
    event.preventDefault()
    return true
  }

  const onSelect = (): void => setCaret(input.current?.selectionStart ?? 0)
  const onBlur = (): void => setClosedAt(asked?.start ?? null)
  const list = found.length > 0 && { 'aria-controls': id, 'aria-activedescendant': `${id}${at}` }
  return { id, found, chosen: at, pick, onKeyDown, inputProps: { ...list, onSelect, onBlur } }
}

function useSuggestionsSaid(count: number): void {
  useEffect(() => {
    if (count > 0)
      announce(`${count === 1 ? '1 person' : `${count} people`} to mention. Choose with the arrow keys.`)
  }, [count])
}
