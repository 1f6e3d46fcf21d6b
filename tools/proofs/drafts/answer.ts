/** An answer that is written in so many steps, always the same. */
export interface Answer {
  readonly cid: string
  readonly steps: number
}

const [firstHalf, secondHalf] = '👍'.split('')

/** What one step adds. Some begin and end in the middle of a character, as what comes from a network may. */
export function partOf(step: number): string {
  switch (step % 10) {
    case 8:
      return `${step} ${firstHalf}`
    case 9:
      return `${secondHalf}${step} `
    default:
      return `${step} `
  }
}

/** What there is after so many steps. */
export function textAfter(steps: number): string {
  return Array.from({ length: steps }, (_, step) => partOf(step)).join('')
}
