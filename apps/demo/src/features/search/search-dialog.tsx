import { skip, useSearch } from '@dowellchat/client/react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { SearchHits } from './search-hits.tsx'
import { type Scope, useScope } from './use-scope.ts'
import './search.css'

interface SearchDialogProps {
  readonly onClose: () => void
}

/** Finds messages of your rooms and tickets by their words. The arrow keys go through what was found. */
export function SearchDialog({ onClose }: SearchDialogProps) {
  const here = useScope()
  const [text, setText] = useState('')
  const [isHere, setIsHere] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  // Once the dialog is open.
  useEffect(() => field.current?.focus(), [])
  const query = { text: text.trim(), ...(isHere && here?.query) }
  const search = useSearch(query.text === '' ? skip : query)

  return (
    <Dialog title="Search" onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the field and the links within */}
      <div ref={panel} className="search" onKeyDown={(event) => move(event, panel.current)}>
        <input
          type="search"
          className="input"
          aria-label="Words to find"
          placeholder="Words to find"
          dir="auto"
          autoComplete="off"
          ref={field}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {here && <ScopeChoice here={here} isHere={isHere} onChange={setIsHere} />}
        <Problem what={search.error} />
        <SearchHits search={search} onOpen={onClose} />
      </div>
    </Dialog>
  )
}

interface ScopeChoiceProps {
  readonly here: Scope
  readonly isHere: boolean
  readonly onChange: (isHere: boolean) => void
}

function ScopeChoice({ here, isHere, onChange }: ScopeChoiceProps) {
  return (
    <fieldset>
      <legend className="visually-hidden">Where to look</legend>
      <Segments
        name="search-scope"
        choices={[
          ['everywhere', 'Everywhere'],
          ['here', here.words],
        ]}
        chosen={isHere ? 'here' : 'everywhere'}
        onChoose={(choice) => onChange(choice === 'here')}
      />
    </fieldset>
  )
}

function move(event: KeyboardEvent, panel: HTMLElement | null): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const stops = [...(panel?.querySelectorAll<HTMLElement>('input[type="search"], .search-hit') ?? [])]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  if (step === 0 || at < 0) return
  event.preventDefault()
  stops[Math.max(0, Math.min(at + step, stops.length - 1))]?.focus()
}
