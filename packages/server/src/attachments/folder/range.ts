/** The part of a file that is asked for, both ends included; `all` without a range, `none` where it has no such part. */
export type Range = { readonly start: number; readonly end: number } | 'all' | 'none'

/** Reads the header `range`. What is not understood counts as if it were not there, as RFC 9110 wants it. */
export function rangeOf(header: string | undefined, size: number): Range {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return 'all'
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (start >= size || (from === '' && to === '0')) return 'none'
  return start > end ? 'all' : { start, end }
}
