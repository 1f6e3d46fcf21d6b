import type { BeforeMessage } from '@dowellchat/server'

/** Refuses messages with one of the words, in any case and between any other characters. */
export function withoutWords(words: readonly string[]): BeforeMessage {
  const refused = new Set(words.map((word) => word.toLowerCase()))
  return ({ message_data }) => {
    const found = wordsIn(message_data).find((word) => refused.has(word))
    return found === undefined ? undefined : { refuse: `Please write it without the word “${found}”` }
  }
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

function wordsIn(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) =>
    isWordLike ? segment.toLowerCase() : [],
  )
}

const link = /https?:\/\/[^\s<>]+/gi

/** Takes links to other hosts out of what customers write. Agents and admins may link to anything. */
export function withoutForeignLinks(hosts: readonly string[]): BeforeMessage {
  const isForeign = (url: string): boolean => !URL.canParse(url) || !hosts.includes(new URL(url).hostname)
  return ({ message_data }, { session }) => {
    if (session.role !== 'customer') return undefined
    const cleaned = message_data.replace(link, (url) => (isForeign(url) ? '[link removed]' : url))
    return cleaned === message_data ? undefined : { message_data: cleaned }
  }
}

/** Runs several rules in their order. Each sees what the ones before have made of the message; the first refusal counts. */
export function all(...rules: readonly BeforeMessage[]): BeforeMessage {
  return async (message, context) => {
    let changed: Awaited<ReturnType<BeforeMessage>>
    for (const rule of rules) {
      const verdict = await rule({ ...message, ...changed }, context)
      if (verdict && 'refuse' in verdict && verdict.refuse !== undefined) return verdict
      if (verdict) changed = { ...changed, ...verdict }
    }
    return changed
  }
}
