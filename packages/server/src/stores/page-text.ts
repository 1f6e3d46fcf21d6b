import type { Page } from '@dowellchat/protocol'

/** A protocol `Page` whose entries are one text already: their JSON, with commas between them. */
export interface PageParts extends Omit<Page, 'entries'> {
  readonly entries: string
}

/** The JSON of a page, put together around the kept texts of its entries. */
export function pageText({ entries, ...page }: PageParts): string {
  return `${JSON.stringify(page).slice(0, -1)},"entries":[${entries}]}`
}
