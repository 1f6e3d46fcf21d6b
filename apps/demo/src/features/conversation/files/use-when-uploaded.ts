import type { UseAttachments } from '@dowellchat/client/react'
import { useEffect, useRef, useState } from 'react'

/** Runs something once all files are uploaded: at once, or when the last of them is. One that fails ends the waiting. */
export function useWhenUploaded(files: UseAttachments, run: () => void): readonly [boolean, () => void] {
  const [isWaiting, setIsWaiting] = useState(false)
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  const isReady = files.attachments.every(({ status }) => status === 'ready')
  const hasFailed = files.attachments.some(({ status }) => status === 'failed')
  useEffect(() => {
    if (!isWaiting || !(isReady || hasFailed)) return
    setIsWaiting(false)
    if (isReady) latest.current()
  }, [isWaiting, isReady, hasFailed])
  return [isWaiting && !hasFailed, () => (isReady ? run() : setIsWaiting(true))]
}
