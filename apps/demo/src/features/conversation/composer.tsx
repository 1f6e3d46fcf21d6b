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
  /** Whether the conversation is there to be written into. */
  readonly isReady: boolean
  readonly onSend: (text: string) => void
}

/** Where one writes: Enter sends, Shift and Enter begin a new line. */
export function Composer({ conversationKey, isReady, onSend }: ComposerProps) {
  const [text, setText] = useDraft(conversationKey)
  const [problem, setProblem] = useState<string | null>(null)
  const tooLong = useTooLong()
  const input = useRef<HTMLTextAreaElement>(null)
  useGrowth(input, text)
  useFocusWhenReady(input, isReady)

  function write(next: string): void {
    setText(next)
    // Once it has been told, it follows what one does about it.
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
    // While a word is being composed, Enter chooses it.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) send(event)
  }

  return (
    <form className="composer" onSubmit={send}>
      <Problem id="message-problem" text={problem} />
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

/** What to say of a text that the server would refuse for its length; null of others. */
function useTooLong(): (text: string) => string | null {
  const { session } = useConnection()
  const most = session?.limits.text_length ?? Number.POSITIVE_INFINITY
  return (text) => {
    // As the server counts: an emoji is one character.
    const length = text.length > most ? [...text].length : text.length
    if (length <= most) return null
    const [allowed, written] = [most, length].map((count) => count.toLocaleString('en'))
    return `A message has at most ${allowed} characters, and this one has ${written}: shorten it, or send it in parts`
  }
}

type Input = RefObject<HTMLTextAreaElement | null>

/** Makes it as high as its text; CSS says how far. */
function useGrowth(input: Input, text: string): void {
  useLayoutEffect(() => {
    if (!input.current) return
    input.current.style.height = 'auto'
    input.current.style.height = `${input.current.scrollHeight + 2}px`
  }, [input, text])
}

/** One who opens a conversation mostly wants to write; on a phone that would call up the keyboard. */
function useFocusWhenReady(input: Input, isReady: boolean): void {
  useEffect(() => {
    const isWriting = document.activeElement?.matches('input, textarea, select') ?? false
    if (isReady && !isWriting && matchMedia('(pointer: fine)').matches) input.current?.focus()
  }, [input, isReady])
}
