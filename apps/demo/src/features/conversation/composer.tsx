import { useConnection } from '@dowellchat/client/react'
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
import { Problem } from '../../components/problem.tsx'
import { useDraft } from './drafts.ts'
import './composer.css'

interface ComposerProps {
  readonly conversationKey: string
  /** Whether the conversation has loaded and messages can be sent. */
  readonly isReady: boolean
  readonly onSend: (text: string) => void
}

/** The message box: Enter sends, Shift+Enter starts a new line. */
export function Composer({ conversationKey, isReady, onSend }: ComposerProps) {
  const [text, setText] = useDraft(conversationKey)
  const [problem, setProblem] = useState<string | null>(null)
  const tooLong = useTooLong()
  const input = useRef<HTMLTextAreaElement>(null)
  useGrowth(input, text)
  useFocusWhenReady(input, isReady)

  function write(next: string): void {
    setText(next)
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
    onSend(text)
    setText('')
  }

  function sendByKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !isComposing(event.nativeEvent)) send(event)
  }

  return (
    <form className="composer" onSubmit={send}>
      <Problem id="message-problem" what={problem} />
      <div className="composer-row">
        <textarea
          ref={input}
          className="input"
          rows={1}
          dir="auto"
          aria-label="Message"
          aria-describedby="message-problem"
          aria-invalid={problem !== null}
          placeholder={isReady ? 'Write a message' : 'Joining…'}
          enterKeyHint="send"
          disabled={!isReady}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={sendByKey}
        />
        <button
          type="submit"
          className="button primary icon"
          aria-label="Send"
          title="Send"
          disabled={!isReady}
        >
          <SendHorizontal aria-hidden />
        </button>
      </div>
    </form>
  )
}

/** Whether Enter picks a word. In Safari the composition has ended by then, and only the deprecated code tells. */
function isComposing({ isComposing: isMarked, keyCode }: globalThis.KeyboardEvent): boolean {
  return isMarked || keyCode === 229
}

/** The problem with a text that is too long for the server, or null. */
function useTooLong(): (text: string) => string | null {
  const { session } = useConnection()
  const most = session?.limits.text_length ?? Number.POSITIVE_INFINITY
  return (text) => {
    // Count as the server does: an emoji is one character.
    const length = text.length > most ? [...text].length : text.length
    if (length <= most) return null
    const [allowed, written] = [most, length].map((count) => count.toLocaleString('en'))
    return `A message has at most ${allowed} characters, and this one has ${written}. Shorten it, or send it in parts.`
  }
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
