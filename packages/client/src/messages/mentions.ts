import type { Mention } from '../entities.ts'

/** Somebody whom a text may mention, by the name that follows the `@`. */
export interface Person {
  readonly user_id: string
  readonly name: string
}

/** A message mentions no more people. */
const mostMentions = 50

/**
 * Finds `@name` in a text, whatever its case: the longest name of `people` that is there, where neither a letter nor a digit
 * comes before the `@` or after the name. Of several people with one name it takes the first.
 *
 * @example
 * const text = 'Ask @Ann Lee'
 * stream.send(text, { mentions: findMentions(text, [{ user_id: 'ann', name: 'Ann Lee' }]) })
 */
export function findMentions(text: string, people: readonly Person[]): Mention[] {
  const named = people.filter(({ name }) => name !== '').sort((a, b) => b.name.length - a.name.length)
  if (named.length === 0) return []
  const names = named.map(({ name }) => escaped(name)).join('|')
  const found: Mention[] = []
  for (const match of text.matchAll(new RegExp(`(^|[^\\p{L}\\p{N}])@(${names})(?![\\p{L}\\p{N}])`, 'giu'))) {
    const [whole, before = '', name = ''] = match
    const person = named.find((one) => isSame(one.name, name))
    const start = match.index + before.length
    if (person) found.push({ user_id: person.user_id, start, end: match.index + whole.length })
  }
  return found.slice(0, mostMentions)
}

const escaped = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** As the search above compares them. */
function isSame(a: string, b: string): boolean {
  return a === b || new RegExp(`^(?:${escaped(a)})$`, 'iu').test(b)
}
