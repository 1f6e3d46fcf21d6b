import { useChatClient } from '@dowellchat/client/react'
import { useEffect, useState } from 'react'

/** Often enough for minutes, and seldom enough for long lists. */
const everyMs = 10_000

/** The server's time in milliseconds, which ages and due times are counted by. */
export function useServerNow(): number {
  const { now } = useChatClient()
  const [time, setTime] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs)
    return () => clearInterval(timer)
  }, [now])
  return time
}
