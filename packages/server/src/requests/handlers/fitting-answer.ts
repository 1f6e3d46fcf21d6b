import { limits } from '@dowellchat/protocol'

/** As many rows from the first on as fit an answer, but at least one. */
export function fittingAnswer<Row>(rows: readonly Row[], most: number = limits.page_bytes): Row[] {
  let bytes = 0
  const end = rows.findIndex((row, at) => {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1
    return at > 0 && bytes > most
  })
  return end < 0 ? [...rows] : rows.slice(0, end)
}
