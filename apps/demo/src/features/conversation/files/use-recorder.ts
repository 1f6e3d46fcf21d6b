import { useCallback, useEffect, useRef, useState } from 'react'

export interface Recorder {
  readonly status: 'asking' | 'recording' | 'refused'
  readonly startedAt: number
  /** Ends the recording, and hands it over as a file. */
  readonly finish: () => void
}

/** What browsers record, the best first; the second is Safari's. */
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'] as const

/** Records the microphone from the first render until `finish`, or until it is no longer shown. */
export function useRecorder(onDone: (file: File) => void): Recorder {
  const [status, setStatus] = useState<Recorder['status']>('asking')
  const [startedAt, setStartedAt] = useState(0)
  const recorder = useRef<MediaRecorder | null>(null)
  /** Of a microphone that has ended by itself. */
  const ended = useRef<Blob | null>(null)
  const isWanted = useRef(false)
  const done = useRef(onDone)
  useEffect(() => {
    done.current = onDone
  })

  useEffect(() => {
    let isOver = false
    let stream: MediaStream | undefined
    async function start(): Promise<void> {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      if (isOver) return release(stream)
      recorder.current = recordingOf(stream)
      recorder.current.addEventListener('dataavailable', ({ data }) => {
        ended.current = data
        if (isWanted.current) done.current(fileOf(data))
      })
      recorder.current.start()
      setStartedAt(Date.now())
      setStatus('recording')
    }
    start().catch(() => setStatus('refused'))
    return () => {
      isOver = true
      recorder.current = null
      if (stream) release(stream)
    }
  }, [])

  const finish = useCallback(() => {
    const one = recorder.current
    isWanted.current = one !== null
    if (one?.state === 'recording') one.stop()
    else if (one && ended.current) done.current(fileOf(ended.current))
  }, [])
  return { status, startedAt, finish }
}

function recordingOf(stream: MediaStream): MediaRecorder {
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type))
  return new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType })
}

/** Lets go of the microphone. */
function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function fileOf(data: Blob): File {
  const [type = 'audio/webm'] = data.type.split(';')
  const time = new Date().toTimeString().slice(0, 5).replace(':', '.')
  return new File([data], `Sound ${time}.${type === 'audio/mp4' ? 'm4a' : (type.split('/')[1] ?? 'webm')}`, {
    type,
  })
}
