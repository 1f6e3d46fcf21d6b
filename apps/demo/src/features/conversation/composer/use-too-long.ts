import { useConnection } from '@dowellchat/client/react'

/** The problem with a text that is too long for the server, or null. */
export function useTooLong(): (text: string) => string | null {
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
