import type { Creation } from './store.ts'

/** What is answered to a cid that has made something already. */
export function repeated<Known extends { readonly fingerprint: string }, Row>(
  known: Known,
  fingerprint: string,
  toRow: (known: Known) => Row,
): Creation<Row> {
  return known.fingerprint === fingerprint ? { created: false, row: toRow(known) } : { conflict: 'cid' }
}
