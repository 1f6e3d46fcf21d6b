import type { Page } from '@dowellchat/protocol'

/** A `Page` whose entries are already JSON: their texts with commas between them. */
export interface PageParts extends Omit<Page, 'entries'> {
  readonly entries: string
}

/** The page's JSON. The entries' texts go in as they are; parsing them would cost far more than reading them. */
export function pageText({ entries, ...page }: PageParts): string {
  return `${JSON.stringify(page).slice(0, -1)},"entries":[${entries}]}`
}

/** The head of a page's JSON, read from its beginning. */
export function headIn(text: string): { readonly seq: number; readonly nth: number } | undefined {
  const end = text.indexOf('"entries":[')
  const found = /"head":\{"seq":(\d+),"nth":(\d+),/.exec(text.slice(0, end))
  return found ? { seq: Number(found[1]), nth: Number(found[2]) } : undefined
}

/**
 * Answers for one entry after the other whether it still fits, with a comma before it.
 * @param isFirstFree whether the first one always fits
 */
export function fitting(maxBytes: number, isFirstFree = true): (entryBytes: number) => boolean {
  let bytes = 0
  let isFirst = true
  return (entryBytes) => {
    bytes += isFirst ? entryBytes : entryBytes + 1
    const fits = (isFirst && isFirstFree) || bytes <= maxBytes
    isFirst = false
    return fits
  }
}
