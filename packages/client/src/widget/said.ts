import { h } from './dom.ts'

const address = /https?:\/\/[^\s<>"']+/g
/** What ends a sentence, and no address. */
const ending = /[.,;:!?)\]}]+$/

/** A text with its web addresses as links. */
export function saidText(text: string): (Node | string)[] {
  const parts: (Node | string)[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(address)) {
    const href = found.replace(ending, '')
    parts.push(
      text.slice(end, index),
      h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, href),
    )
    end = index + href.length
  }
  return [...parts, text.slice(end)].filter((part) => part !== '')
}
