import type { Attachment, MessageRow } from '@dowellchat/client'
import { FileCard } from './file-card.tsx'
import type { FileProps } from './file-props.ts'
import { kindOf } from './file-words.ts'
import { Picture } from './picture.tsx'
import { Playable } from './playable.tsx'
import './files.css'

interface MessageFilesProps {
  readonly row: MessageRow
  readonly files: readonly Attachment[]
  readonly isCurrent: boolean
}

/** The files of a message: pictures in place, sounds and videos to play, all others to save. */
export function MessageFiles({ row, files, isCurrent }: MessageFilesProps) {
  return (
    <ul className="message-files" aria-label="Files">
      {files.map((file) => (
        <li key={file.upload_id}>
          <OneFile row={row} file={file} isCurrent={isCurrent} />
        </li>
      ))}
    </ul>
  )
}

function OneFile(props: FileProps) {
  switch (kindOf(props.file.type)) {
    case 'picture':
      return <Picture {...props} />
    case 'sound':
      return <Playable {...props} as="audio" />
    case 'film':
      return <Playable {...props} as="video" />
    case 'other':
      return <FileCard {...props} />
  }
}
