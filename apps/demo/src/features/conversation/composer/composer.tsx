import type { UseAttachments } from '@dowellchat/client/react'
import { SendHorizontal } from 'lucide-react'
import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Problem } from '../../../components/problem.tsx'
import { AddFiles } from '../files/add-files.tsx'
import { canRecord } from '../files/can-record.ts'
import { LazyPendingFiles, LazySoundRecorder } from '../files/lazy-parts.tsx'
import { useWhenUploaded } from '../files/use-when-uploaded.ts'
import { ComposerAbout } from './composer-about.tsx'
import { useDraft } from './drafts.ts'
import type { Intention } from './intention.ts'
import { isComposing } from './is-composing.ts'
import { MentionList } from './mention-list.tsx'
import type { Mentionable } from './mentionable.ts'
import { useFocusForIntention, useFocusWhenReady, useGrowth } from './use-input.ts'
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
  /** What goes with the next message. */
  readonly files: UseAttachments
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
  const { label = 'Message', files } = props
  const isEdit = intention?.kind === 'edit'
  const hasFiles = !isEdit && files.attachments.length > 0
  const [isRecording, setIsRecording] = useState(false)
  const [draft, setDraft] = useDraft(conversationKey)
  const [edited, setEdited] = useEdited(intention)
  const [text, setText] = isEdit ? [edited, setEdited] : [draft, setDraft]
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

  const [isWaiting, whenUploaded] = useWhenUploaded(files, { text: draft, intention }, commit)

  function commit(): void {
    // The files may have been taken out meanwhile.
    if (text.trim() === '' && !hasFiles) return
    onSend(text.trimEnd())
    setText('')
  }

  function send(event: FormEvent): void {
    event.preventDefault()
    input.current?.focus()
    if (!isReady || (text.trim() === '' && !hasFiles)) return
    const found = tooLong(text)
    setProblem(found)
    if (found !== null) return
    if (isEdit) commit()
    else whenUploaded()
  }

  function onPaste(event: ClipboardEvent): void {
    const { files: pasted, types } = event.clipboardData
    // Programs for texts also copy a picture of the text.
    if (isEdit || !files.canAttach || pasted.length === 0 || types.includes('text/plain')) return
    event.preventDefault()
    files.add([...pasted])
  }

  function endRecording(): void {
    // Before it is shown again, the box takes no focus.
    flushSync(() => setIsRecording(false))
    input.current?.focus()
  }

  function keepSound(file: File): void {
    files.add([file])
    endRecording()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isComposing(event.nativeEvent) || mentions.onKeyDown(event)) return
    if (event.key === 'Enter' && !event.shiftKey) send(event)
    else if (event.key === 'Escape' && intention) {
      // What is around the box stays open.
      event.preventDefault()
      onCancel()
    } else if (event.key === 'ArrowUp' && text === '' && !intention) {
      event.preventDefault()
      onEditLast()
    }
  }

  return (
    <form className="composer" onSubmit={send}>
      <Problem id="message-problem" what={problem} />
      {intention && <ComposerAbout intention={intention} onCancel={onCancel} />}
      {hasFiles && <LazyPendingFiles files={files} />}
      {isRecording && <LazySoundRecorder onDone={keepSound} onClose={endRecording} />}
      <Problem what={files.error} />
      {isWaiting && (
        <p className="hint" role="status">
          {isEdit
            ? 'Your other message is sent once you have edited this one'
            : 'Sent once the files are uploaded. Stay here until then.'}
        </p>
      )}
      <div className="composer-row" hidden={isRecording}>
        {files.canAttach && !isEdit && (
          <AddFiles onFiles={files.add} onRecord={canRecord() ? () => setIsRecording(true) : null} />
        )}
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
          onPaste={onPaste}
        />
        <button
          type="submit"
          className="button primary icon"
          aria-label={isEdit ? 'Save' : 'Send'}
          title={isEdit ? 'Save' : 'Send'}
          disabled={!isReady}
        >
          <SendHorizontal aria-hidden />
        </button>
      </div>
    </form>
  )
}

/** The text of the message that is edited, which leaves the draft alone. */
function useEdited(intention: Intention | null): readonly [string, (text: string) => void] {
  const row = intention?.kind === 'edit' ? intention.row : null
  const before = row?.message.message_data ?? ''
  const [edited, setEdited] = useState({ row, text: before })
  if (edited.row !== row) setEdited({ row, text: before })
  return [edited.row === row ? edited.text : before, (text) => setEdited({ row, text })]
}
