import { type KeyboardEvent, useRef, useState } from 'react'
import { Popover } from '../../../components/popover.tsx'
import { isComposing } from '../composer/is-composing.ts'
import { emojiLike, emojiName } from './names.ts'
import './emoji-picker.css'

interface EmojiPickerProps {
  readonly label: string
  readonly anchor: HTMLElement
  readonly onPick: (emoji: string) => void
  readonly onClose: () => void
}

const columns = 8
const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -columns,
  ArrowDown: columns,
}

/** Common emoji, found by name; arrow keys go through them. */
export function EmojiPicker({ label, anchor, onPick, onClose }: EmojiPickerProps) {
  const [text, setText] = useState('')
  const grid = useRef<HTMLDivElement>(null)
  const found = emojiLike(text)

  function pick(emoji: string): void {
    onClose()
    onPick(emoji)
  }

  function move(event: KeyboardEvent): void {
    const step = steps[event.key]
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const isFromSearch = at < 0
    if (step === undefined || (isFromSearch && event.key !== 'ArrowDown')) return
    event.preventDefault()
    buttons[isFromSearch ? 0 : Math.max(0, Math.min(at + step, buttons.length - 1))]?.focus()
  }

  return (
    <Popover label={label} anchor={anchor} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the buttons within */}
      <div className="emoji-picker" onKeyDown={move}>
        <input
          className="input"
          aria-label="Find an emoji"
          placeholder="Find an emoji"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={({ key, nativeEvent }) =>
            key === 'Enter' && !isComposing(nativeEvent) && found[0] && pick(found[0])
          }
        />
        <div ref={grid} className="emoji-grid">
          {found.map((emoji, at) => (
            <button
              key={emoji}
              type="button"
              tabIndex={at === 0 ? 0 : -1}
              aria-label={emojiName(emoji)}
              title={emojiName(emoji)}
              onClick={() => pick(emoji)}
            >
              {emoji}
            </button>
          ))}
        </div>
        {found.length === 0 && <p className="hint">No emoji has this name.</p>}
      </div>
    </Popover>
  )
}
