import { SendHorizontal } from 'lucide-react'
import {
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { Problem } from '../../../components/problem.tsx'
import { ComposerAbout } from './composer-about.tsx'
import { useDraft } from './drafts.ts'
import type { Intention } from './intention.ts'
import { MentionList } from './mention-list.tsx'
import type { Mentionable } from './mentionable.ts'
import { useMentionKeys } from './use-mention-keys.ts'
import { useTooLong } from './use-too-long.ts'
import './composer.css'

interface ComposerProps {
  readonly conversationKey: string
  /** Whether the conversation has loaded and messages can be sent. */
  readonly isReady: boolean
  /** Who can be mentioned. */
  readonly people: readonly Mentionable[]
  readonly intention: Intention | null
  readonly onSend: (text: string) => void
  /** Ends the intention without sending. */
  readonly onCancel: () => void
  /** Called when somebody wants to edit what they wrote last. */
  readonly onEditLast: () => void
  readonly onKeystroke: () => void
  readonly label?: string
}

/** The message box: Enter sends, Shift+Enter starts a new line, @ suggests people, Escape cancels. */
export function Composer(props: ComposerProps) {
  const { conversationKey, isReady, people, intention, onSend, onCancel, onEditLast, onKeystroke } = props
  const { label = 'Message' } = props
  const [text, setText] = useText(conversationKey, intention)
  const [problem, setProblem] = useState<string | null>(null)
  const tooLong = useTooLong()
  const input = useRef<HTMLTextAreaElement>(null)
  const mentions = useMentionKeys(input, text, people, write)
  useGrowth(input, text)
  useFocusWhenReady(input, isReady)
  useFocusForIntention(input, intention)

  function write(next: string): void {
    setText(next)
    if (next !== '') onKeystroke()
    // Update a visible problem while the text is being corrected.
    if (problem !== null) setProblem(tooLong(next))
  }

  function send(event: FormEvent): void {
    event.preventDefault()
    input.current?.focus()
    if (!isReady || text.trim() === '') return
    const found = tooLong(text)
    setProblem(found)
    if (found !== null) return
    onSend(text.trimEnd())
    setText('')
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isComposing(event.nativeEvent) || mentions.onKeyDown(event)) return
    if (event.key === 'Enter' && !event.shiftKey) send(event)
    else if (event.key === 'Escape' && intention) onCancel()
    else if (event.key === 'ArrowUp' && text === '' && !intention) {
      event.preventDefault()
      onEditLast()
    }
  }

  return (
    <form className="composer" onSubmit={send}>
      <Problem id="message-problem" what={problem} />
      {intention && <ComposerAbout intention={intention} onCancel={onCancel} />}
      <div className="composer-row">
        <MentionList mentions={mentions} />
        <textarea
          ref={input}
          className="input"
          rows={1}
          dir="auto"
          aria-label={label}
          aria-describedby="message-problem"
          aria-invalid={problem !== null}
          aria-autocomplete="list"
          {...mentions.inputProps}
          placeholder={isReady ? 'Write a message' : 'Joining…'}
          enterKeyHint="send"
          disabled={!isReady}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="button primary icon"
          aria-label={intention?.kind === 'edit' ? 'Save' : 'Send'}
          title={intention?.kind === 'edit' ? 'Save' : 'Send'}
          disabled={!isReady}
        >
          <SendHorizontal aria-hidden />
        </button>
      </div>
    </form>
  )
}

/** The draft, or the text of the message that is edited, which leaves the draft alone. */
function useText(key: string, intention: Intention | null): readonly [string, (text: string) => void] {
  const draft = useDraft(key)
  const row = intention?.kind === 'edit' ? intention.row : null
  const [edited, setEdited] = useState({ row, text: '' })
  if (edited.row !== row) setEdited({ row, text: row?.message.message_data ?? '' })
  return row
    ? [edited.row === row ? edited.text : row.message.message_data, (text) => setEdited({ row, text })]
    : draft
}

/** Whether Enter picks a word. In Safari the composition has ended by then, and only the deprecated code tells. */
function isComposing({ isComposing: isMarked, keyCode }: globalThis.KeyboardEvent): boolean {
  return isMarked || keyCode === 229
}

type Input = RefObject<HTMLTextAreaElement | null>

/** Makes the box as tall as its text; CSS sets the limit. */
function useGrowth(input: Input, text: string): void {
  useLayoutEffect(() => {
    if (!input.current) return
    input.current.style.height = 'auto'
    input.current.style.height = `${input.current.scrollHeight + 2}px`
  }, [input, text])
}

/** Focuses the box when a conversation opens, but not on a touch screen, where that would open the keyboard. */
function useFocusWhenReady(input: Input, isReady: boolean): void {
  useEffect(() => {
    const isWriting = document.activeElement?.matches('input, textarea, select') ?? false
    if (isReady && !isWriting && matchMedia('(pointer: fine)').matches) input.current?.focus()
  }, [input, isReady])
}

function useFocusForIntention(input: Input, intention: Intention | null): void {
  useEffect(() => {
    const box = input.current
    if (!intention || !box) return
    box.focus()
    box.setSelectionRange(box.value.length, box.value.length)
  }, [input, intention])
}
