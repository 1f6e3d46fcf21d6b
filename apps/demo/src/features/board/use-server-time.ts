import { useChatClient } from '@dowellchat/client/react'
import { useEffect, useState } from 'react'

/** Often enough for figures in minutes. */
const everyMs = 5_000

/** The server's time in milliseconds, as it goes on. */
export function useServerTime(): number {
  const { now } = useChatClient()
  const [time, setTime] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs)
    return () => clearInterval(timer)
  }, [now])
  return time
}
