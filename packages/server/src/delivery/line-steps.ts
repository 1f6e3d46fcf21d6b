import type { PushOf } from '@dowellchat/protocol'
import type { LineState } from './line-reading.ts'

type LineMoved = PushOf<'line_moved'>
/** What a frame has beside the line's name and its time. */
export type LineStep = Omit<LineMoved, 'line' | 'computed_at'>

/** Places that one frame names at most: beyond them it costs everybody less to ask again. */
const mostNamed = 200

/** What has happened to a line between two looks; undefined where nothing has. @param products the topics of its followers */
export function stepBetween(
  before: LineState,
  after: LineState,
  products: ReadonlySet<string>,
): LineStep | undefined {
  const { left, joined } = differences(before.orders, after.orders)
  const { speed, reason } = after
  const closedOf = (state: LineState): string[] => state.closed.filter((one) => products.has(one))
  const [wereClosed, areClosed] = [closedOf(before), closedOf(after)]
  const isSame =
    left.length + joined.length === 0 &&
    reason === before.reason &&
    wereClosed.join() === areClosed.join() &&
    JSON.stringify(speed) === JSON.stringify(before.speed)
  if (isSame) return undefined
  // Only the server knows whose topic is closed, or opens.
  const hasClosed = wereClosed.length + areClosed.length > 0
  if (hasClosed || left.length + joined.length > mostNamed)
    return { left: [], joined: [], is_incomplete: true, speed, reason }
  return { left, joined, is_incomplete: false, speed, reason }
}

/**
 * Both are the first ones of the line, up to the same number: when one leaves, the first that was not counted joins at their end. So
 * whoever has more before them than are counted still counts right.
 */
function differences(
  before: readonly string[],
  after: readonly string[],
): { readonly left: string[]; readonly joined: string[] } {
  const [was, is] = [new Set(before), new Set(after)]
  return { left: before.filter((order) => !is.has(order)), joined: after.filter((order) => !was.has(order)) }
}
