import type { FileBytes } from './pending-state.ts'
import type { UploadOptions } from './upload-options.ts'

/** What a page knows of a picture, a sound or a film. */
export type Shape = Pick<UploadOptions, 'width' | 'height' | 'duration_ms'>

const usualType = 'application/octet-stream'
const mostNameLength = 255
/** What cannot be read in this time is uploaded without. */
const mostMeasuringMs = 5_000
/** A place that no recording has: browsers then look for the end of one whose length is not written in it. */
const beyondAll = 1e9

/** What a file is, without parameters such as `codecs`. */
export function typeOf(given: string): string {
  const [type = ''] = given.split(';')
  const plain = type.trim().toLowerCase()
  return /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(plain) ? plain : usualType
}

/** The name under which a file is sent: in one line, without folders. */
export function nameOf(file: FileBytes, given?: string): string {
  const own = given ?? ('name' in file && typeof file.name === 'string' ? file.name : '')
  const plain = own
    .replace(/[/\\]/g, '_')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
  return /^\.*$/.test(plain) ? 'file' : shortened(plain)
}

/** Keeps how a long name ends, which says what the file is. */
function shortened(name: string): string {
  if (name.length <= mostNameLength) return name
  const end = /\.[^.]{1,16}$/.exec(name)?.[0] ?? ''
  const begin = name.slice(0, mostNameLength - end.length)
  // Not within a pair.
  return begin.replace(/[\ud800-\udbff]$/, '') + end
}

/** Whether a page may show a file of this type in itself. A picture in SVG may have scripts. */
function isShown(type: string): boolean {
  return /^(image|audio|video)\//.test(type) && !type.startsWith('image/svg')
}

/** Shows a file from memory, until it is revoked; null where a page may not show it, or cannot. */
export function previewOf(file: FileBytes, type: string): string | null {
  try {
    return isShown(type) ? URL.createObjectURL(file) : null
  } catch {
    // React Native on Android has the function, which works in few applications.
    return null
  }
}

/** Measures a picture, a sound or a film; answers nothing where that cannot be done, as outside browsers. */
export async function shapeOf(file: FileBytes, type: string): Promise<Shape> {
  const url = typeof Image === 'function' ? previewOf(file, type) : null
  if (url === null) return {}
  try {
    return await Promise.race([measured(file, url, type), nothingIn(mostMeasuringMs)])
  } catch {
    return {}
  } finally {
    URL.revokeObjectURL(url)
  }
}

const nothingIn = (ms: number) => new Promise<Shape>((resolve) => setTimeout(() => resolve({}), ms))

async function measured(file: FileBytes, url: string, type: string): Promise<Shape> {
  if (!type.startsWith('image/')) return lengthOf(url, type)
  // Without an address: a page's policy may allow no pictures from its memory.
  if (typeof createImageBitmap === 'function') {
    const picture = await createImageBitmap(file as Blob)
    const { width, height } = picture
    picture.close()
    return sizeOf(width, height)
  }
  const image = new Image()
  await heard(image, 'load', () => {
    image.src = url
  })
  return sizeOf(image.naturalWidth, image.naturalHeight)
}

async function lengthOf(url: string, type: string): Promise<Shape> {
  const media = document.createElement(type.startsWith('video/') ? 'video' : 'audio')
  media.preload = 'metadata'
  await heard(media, 'loadedmetadata', () => {
    media.src = url
  })
  // A recording that was just made does not say how long it is.
  while (media.duration === Number.POSITIVE_INFINITY)
    await heard(media, 'durationchange', () => {
      media.currentTime = beyondAll
    })
  const duration_ms = Math.round(media.duration * 1_000)
  const size = 'videoWidth' in media ? sizeOf(media.videoWidth, media.videoHeight) : {}
  media.removeAttribute('src')
  return { ...size, ...(duration_ms > 0 && { duration_ms }) }
}

const sizeOf = (width: number, height: number): Shape => (width > 0 && height > 0 ? { width, height } : {})

function heard(target: HTMLElement, event: string, begin: () => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    target.addEventListener(event, resolve, { once: true })
    target.addEventListener('error', reject, { once: true })
    begin()
  })
}
