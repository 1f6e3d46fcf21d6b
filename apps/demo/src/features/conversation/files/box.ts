import { kindOf } from './file-words.ts'

interface Shape {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

export interface Box {
  readonly width: number
  readonly height: number
}

const most = 320
const least = 48
/** Where nobody has said how large a picture is. */
const unknown: Box = { width: 240, height: 180 }

/** The place of a picture, which is kept before it is loaded, so that nothing moves. */
export function boxOf({ width = 0, height = 0 }: Shape): Box {
  if (width === 0 || height === 0) return unknown
  const scale = Math.min(1, most / Math.max(width, height))
  return {
    width: Math.max(least, Math.round(width * scale)),
    height: Math.max(least, Math.round(height * scale)),
  }
}

const cardHeight = 52
const gap = 6

/** About how tall the files of a message are, until they can be shown. */
export function heightOf(files: readonly (Shape & { readonly type: string })[]): number {
  const heights = files.map((file) => (kindOf(file.type) === 'picture' ? boxOf(file).height : cardHeight))
  return heights.reduce((sum, one) => sum + one + gap, -gap)
}
