/** The kinds of findings. */
const kinds = [
  /** Acknowledged or pushed, but not in the log. */
  'missing',
  /** A cid, a ticket or a closing is there twice. */
  'doubled',
  /** A seq that no entry has. */
  'holes',
  /** The log differs from what was acknowledged. */
  'altered',
  /** Refused, not answered, or answered wrongly. */
  'refused',
  /** A `ticket_count`, a slot or a waiting ticket that does not follow from the open tickets. */
  'line',
] as const
export type Kind = (typeof kinds)[number]

const shown = 20

/** Counts what was found wrong, and says where. */
export class Findings {
  readonly counts: Record<Kind, number>
  readonly details: string[] = []
  /** The prefix of each detail: the run, and the seed that repeats it. */
  where = ''

  constructor() {
    // Every kind has a count, even if it is 0.
    this.counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>
  }

  add(kind: Kind, detail: string): void {
    this.counts[kind] += 1
    if (this.details.length < shown) this.details.push(`${this.where}: ${kind}: ${detail}`)
  }

  /** Adds a finding if the condition is false. */
  expect(condition: boolean, kind: Kind, detail: () => string): void {
    if (!condition) this.add(kind, detail())
  }

  /** Adds the findings of another one. */
  take(others: Findings): void {
    for (const kind of kinds) this.counts[kind] += others.counts[kind]
    this.details.push(...others.details.slice(0, shown - this.details.length))
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }
}
