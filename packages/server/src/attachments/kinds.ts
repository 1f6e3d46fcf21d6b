/** How many of a file's first bytes say what it is. */
export const firstBytes = 4_100

/** Types that mean the same, and what their first bytes are called. */
interface Family {
  /** How files of the family are served. */
  readonly served: string
  readonly types: readonly string[]
  readonly bytes: readonly string[]
}

const mp4 = ['video/mp4', 'audio/mp4', 'audio/x-m4a', 'video/x-m4v', 'video/quicktime', 'video/3gpp']
const webm = ['video/webm', 'audio/webm']
const ogg = ['audio/ogg', 'video/ogg', 'application/ogg', 'audio/opus']

function one(served: string, others: readonly string[] = []): Family {
  return { served, types: [served, ...others], bytes: [served, ...others] }
}

/** Pictures, sound and films that browsers show by themselves and that cannot run anything. */
const families: readonly Family[] = [
  one('image/png', ['image/apng']),
  one('image/jpeg', ['image/jpg', 'image/pjpeg']),
  one('image/gif'),
  one('image/webp'),
  one('image/avif'),
  one('audio/mpeg', ['audio/mp3']),
  one('audio/wav', ['audio/x-wav', 'audio/wave', 'audio/vnd.wave']),
  one('audio/aac', ['audio/aacp', 'audio/x-aac']),
  one('audio/flac', ['audio/x-flac']),
  { served: 'audio/mp4', types: ['audio/mp4', 'audio/x-m4a'], bytes: mp4 },
  { served: 'video/mp4', types: ['video/mp4', 'video/x-m4v'], bytes: mp4 },
  { served: 'audio/webm', types: ['audio/webm'], bytes: webm },
  { served: 'video/webm', types: ['video/webm'], bytes: webm },
  { served: 'audio/ogg', types: ['audio/ogg', 'audio/opus'], bytes: ogg },
  { served: 'video/ogg', types: ['video/ogg'], bytes: ogg },
]
const familyOf = new Map(families.flatMap((family) => family.types.map((type) => [type, family] as const)))

/** What programs are called: by their bytes, and by browsers, which go by the name of a file. */
const programs = [
  'application/x-msdownload',
  'application/x-msdos-program',
  'application/x-ms-dos-executable',
  'application/x-dosexec',
  'application/vnd.microsoft.portable-executable',
  'application/x-elf',
  'application/x-executable',
  'application/x-pie-executable',
  'application/x-sharedlib',
  'application/x-object',
  'application/vnd.appimage',
  'application/x-iso9660-appimage',
  'application/x-mach-binary',
]
/** Drawings are often a PDF. */
const drawings = ['application/postscript', 'application/illustrator', 'application/vnd.adobe.illustrator']

/** Bytes that nobody may call something else, what is shown and what runs, with their other names. */
const distinct = new Map<string, readonly string[]>([
  ...families
    .filter(({ served }) => served.startsWith('image/'))
    .flatMap(({ bytes }) => bytes.map((type) => [type, []] as const)),
  ['application/pdf', drawings],
  ...programs.map((type) => [type, programs] as const),
])
const anything = 'application/octet-stream'

/** How a file of a type is served: what is not known to be harmless is saved, as bytes of no type. */
export function servingOf(type: string): { type: string; disposition: 'inline' | 'attachment' } {
  const family = familyOf.get(type)
  return family
    ? { type: family.served, disposition: 'inline' }
    : { type: anything, disposition: 'attachment' }
}

/** Why first bytes are not those of the type that a file is said to have; undefined if they may be. */
export async function kindProblem(type: string, first: Uint8Array): Promise<string | undefined> {
  // Loaded when it is needed: it knows hundreds of types.
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(first)
  const bytes = found?.mime.replace(/;.*/, '')
  const family = familyOf.get(type)
  const fits = family
    ? bytes !== undefined && family.bytes.includes(bytes)
    : bytes === undefined || bytes === type || type === anything || isSaidOf(bytes, type)
  if (fits) return undefined
  return `It is said to be ${type}, and its bytes are ${bytes === undefined ? 'not' : `${bytes}`}`
}

function isSaidOf(bytes: string, type: string): boolean {
  return distinct.get(bytes)?.includes(type) ?? true
}
