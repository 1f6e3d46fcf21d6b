/** A part of a text, from `start` up to `end`, as `slice` counts them. */
export interface Range {
  readonly start: number
  readonly end: number
}
