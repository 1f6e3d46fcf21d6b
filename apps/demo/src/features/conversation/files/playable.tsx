import { useAction, useChatClient } from '@dowellchat/client/react'
import { Play } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Problem } from '../../../components/problem.tsx'
import { formatDuration, sizeWords } from '../../../lib/format.ts'
import { whenDone } from '../../../lib/when-done.ts'
import { boxOf } from './box.ts'
import type { FileProps } from './file-props.ts'

interface PlayableProps extends FileProps {
  readonly as: 'audio' | 'video'
}

/** A sound or a video. Nothing of it is loaded before somebody wants to hear or see it. */
export function Playable({ row, file, isCurrent, as }: PlayableProps) {
  const { attachments } = useChatClient()
  const { run, isPending, error } = useAction(attachments.url)
  const [url, setUrl] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const player = useRef<HTMLVideoElement & HTMLAudioElement>(null)
  const Player = as
  const box = as === 'video' ? { width: boxOf(file).width, aspectRatio: ratioOf(file) } : {}

  useEffect(() => {
    if (url !== null) player.current?.focus()
  }, [url])

  if (url !== null && problem === null) {
    return (
      <Player
        ref={player}
        className="message-player"
        style={box}
        controls
        autoPlay
        aria-label={file.name}
        src={url}
        onError={({ currentTarget }) => setProblem(wordsFor(currentTarget.error))}
      />
    )
  }
  return (
    <>
      <button
        type="button"
        className="file-card"
        data-film={as === 'video'}
        style={box}
        aria-label={`Play ${file.name}, ${lengthOf(file)}`}
        tabIndex={isCurrent ? 0 : -1}
        disabled={isPending}
        onClick={() => whenDone(run(row, file), play)}
      >
        <span className="file-sign" aria-hidden>
          <Play />
        </span>
        <span className="file-words">
          <bdi className="one-line file-name">{file.name}</bdi>
          <span className="file-about">{lengthOf(file)}</span>
        </span>
      </button>
      <Problem what={problem ?? error} />
    </>
  )

  function play(address: string): void {
    setProblem(null)
    setUrl(address)
  }
}

function wordsFor(error: MediaError | null): string {
  const isCutOff = error?.code === MediaError.MEDIA_ERR_NETWORK
  return isCutOff ? 'It could not be loaded to its end. Play it again.' : 'This browser cannot play it'
}

function lengthOf({ duration_ms, size }: FileProps['file']): string {
  return duration_ms ? formatDuration(duration_ms) : sizeWords(size)
}

function ratioOf(file: FileProps['file']): string {
  const { width, height } = boxOf(file)
  return `${width} / ${height}`
}
