import type { User } from '@dowellchat/client'
import { useChatClient } from '@dowellchat/client/react'
import { useEffect, useState } from 'react'

const pauseMs = 200
const most = 6

interface Found {
  readonly text: string
  readonly people: readonly User[]
  readonly error: Error | null
}

/** People whose name begins with a text, as somebody types it; null while they are looked for. */
export function useFoundPeople(text: string): Found | null {
  const { users } = useChatClient()
  const [found, setFound] = useState<Found | null>(null)
  useEffect(() => {
    if (text === '') return
    let isCurrent = true
    const show = (people: readonly User[], error: Error | null): void => {
      if (isCurrent) setFound({ text, people, error })
    }
    const timer = setTimeout(() => {
      users.search(text, most).then(
        (people) => show(people, null),
        (error: Error) => show([], error),
      )
    }, pauseMs)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [users, text])
  return found?.text === text ? found : null
}
