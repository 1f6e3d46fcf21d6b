/** How a file is shown. */
export type FileKind = 'picture' | 'sound' | 'film' | 'other'

interface NamedFile {
  readonly name: string
  readonly type: string
}

/** Kinds that browsers show and servers serve in place; all others are saved. */
const shown: readonly (readonly [FileKind, RegExp])[] = [
  ['picture', /^image\/(?:png|apng|jpe?g|pjpeg|gif|webp|avif)$/],
  ['sound', /^audio\//],
  ['film', /^video\//],
]

export function kindOf(type: string): FileKind {
  return shown.find(([, types]) => types.test(type))?.[0] ?? 'other'
}

const words: Readonly<Record<Exclude<FileKind, 'other'>, readonly [one: string, many: string]>> = {
  picture: ['Picture', 'pictures'],
  sound: ['Sound', 'sounds'],
  film: ['Video', 'videos'],
}

/** What a message without a text says: `Picture`, `3 pictures`, `report.pdf`, `4 files`; '' without files. */
export function filesWords(files: readonly NamedFile[] = []): string {
  const [first, ...rest] = files
  if (!first) return ''
  const kind = kindOf(first.type)
  const isOneKind = kind !== 'other' && rest.every(({ type }) => kindOf(type) === kind)
  if (!isOneKind) return rest.length === 0 ? first.name : `${files.length} files`
  return rest.length === 0 ? words[kind][0] : `${files.length} ${words[kind][1]}`
}
