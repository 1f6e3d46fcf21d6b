import { FileText, Film, Image, type LucideIcon, Music } from 'lucide-react'
import { type FileKind, kindOf } from './file-words.ts'

const icons: Readonly<Record<FileKind, LucideIcon>> = {
  picture: Image,
  sound: Music,
  film: Film,
  other: FileText,
}

/** What kind of file something is, as a sign. */
export function FileIcon({ type }: { readonly type: string }) {
  const Icon = icons[kindOf(type)]
  return (
    <span className="file-sign" aria-hidden>
      <Icon />
    </span>
  )
}
