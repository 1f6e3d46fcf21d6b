import { limits } from '../limits.ts'
import { isBlank, normalName } from './names.ts'

const hidden = /\p{DI}+/gu
const unprintable = /[\p{Cc}\p{Cs}\p{NChar}\u2028\u2029]+/gu

/**
 * A display name, made of anything that a client sends as one: in normal form, with spaces for control characters, cut to
 * `limits.id_length`. Null if it is neither text nor number, or shows nothing.
 */
export function cleanName(name: unknown): string | null {
  if (typeof name !== 'string' && typeof name !== 'number') return null
  // A frame's length bounds the work, whoever calls this.
  const start = String(name).slice(0, limits.frame_bytes)
  const cleaned = shorten(normalName(start.replace(hidden, '').replace(unprintable, ' ')))
  return isBlank(cleaned) ? null : cleaned
}

/** Cuts a name between two characters as people see them. */
function shorten(name: string): string {
  if (name.length <= limits.id_length) return name
  const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)
  // One character with hundreds of marks is itself too long: then it loses marks.
  const end = lastEnd(characters) || lastEnd(codePoints(name))
  return name.slice(0, end).trim()
}

/** Where the last part ends that fits. */
function lastEnd(parts: Iterable<{ readonly index: number; readonly segment: string }>): number {
  let end = 0
  for (const { index, segment } of parts) {
    if (index + segment.length > limits.id_length) break
    end = index + segment.length
  }
  return end
}

function* codePoints(text: string): Generator<{ index: number; segment: string }> {
  let index = 0
  for (const segment of text) {
    yield { index, segment }
    index += segment.length
  }
}
