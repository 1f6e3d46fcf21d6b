import { Check, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Problem } from '../../../components/problem.tsx'
import { formatDuration } from '../../../lib/format.ts'
import { useNow } from '../../../lib/use-now.ts'
import { useRecorder } from './use-recorder.ts'
import './files.css'
import { IconButton } from '../../../components/icon-button.tsx'

interface SoundRecorderProps {
  readonly onDone: (file: File) => void
  /** Ends it without keeping what was recorded. */
  readonly onClose: () => void
}

/** Takes the place of the message box while a sound is recorded. */
export function SoundRecorder({ onDone, onClose }: SoundRecorderProps) {
  const { status, startedAt, finish } = useRecorder(onDone)
  const done = useRef<HTMLButtonElement>(null)
  useEffect(() => done.current?.focus(), [])
  return (
    <fieldset
      className="sound-recorder"
      aria-label="Recording a sound"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // What is around it stays open.
        event.preventDefault()
        onClose()
      }}
    >
      {status === 'refused' ? (
        <Problem what="The microphone cannot be used. Allow it in the browser, or connect one." />
      ) : (
        <p role="status" className="sound-recorder-time" data-recording={status === 'recording'}>
          {status === 'asking' ? 'Waiting for the microphone…' : <RecordedFor startedAt={startedAt} />}
        </p>
      )}
      <IconButton label="Discard the sound" title="Discard" icon={X} onPress={onClose} />
      <button
        ref={done}
        type="button"
        className="button primary icon"
        aria-label="Keep the sound"
        title="Keep"
        aria-disabled={status !== 'recording'}
        onClick={finish}
      >
        <Check aria-hidden />
      </button>
    </fieldset>
  )
}

function RecordedFor({ startedAt }: { readonly startedAt: number }) {
  const now = useNow()
  return (
    <>
      <span className="visually-hidden">Recording</span>
      <span aria-hidden>{formatDuration(now - startedAt)}</span>
    </>
  )
}
