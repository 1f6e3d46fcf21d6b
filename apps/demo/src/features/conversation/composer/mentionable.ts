/** Somebody who can be mentioned. */
export interface Mentionable {
  readonly user_id: string
  readonly name: string
}

/** What is being written after an @, and where it begins. */
export interface Asked {
  readonly start: number
  readonly query: string
}

const most = 6
const asking = /(?:^|[\s([{])@([^@\n]{0,40})$/u

/** What is asked for at the caret; null if it is not behind an @. */
export function askedAt(text: string, caret: number): Asked | null {
  const found = asking.exec(text.slice(0, caret))
  if (!found) return null
  const query = found[1] ?? ''
  return { start: caret - query.length - 1, query }
}

/** The people of whose name a word begins with what was written. */
export function peopleLike(query: string, people: readonly Mentionable[]): readonly Mentionable[] {
  const wanted = query.toLowerCase()
  const fits = ({ name }: Mentionable): boolean => {
    const own = name.toLowerCase()
    return own.startsWith(wanted) || own.split(/\s+/).some((word) => word.startsWith(wanted))
  }
  // Nobody is suggested again for a name that is complete already.
  return people.filter((one) => fits(one) && one.name.toLowerCase() !== wanted.trimEnd()).slice(0, most)
}
