import type { PendingAttachment, UseAttachments } from '@dowellchat/client/react'
import { RotateCw, X } from 'lucide-react'
import { sizeWords } from '../../../lib/format.ts'
import { wordsOf } from '../../../lib/words.ts'
import { FileIcon } from './file-icon.tsx'
import './files.css'
import { IconButton } from '../../../components/icon-button.tsx'

/** The files that go with the next message: what they are, how far they are uploaded, and a way to take each out. */
export function PendingFiles({ files }: { readonly files: UseAttachments }) {
  return (
    <ul className="pending-files" aria-label="Files to send">
      {files.attachments.map((file) => (
        <li key={file.id}>
          <PendingFile
            file={file}
            onRetry={() => files.retry(file.id)}
            onRemove={() => files.remove(file.id)}
          />
        </li>
      ))}
    </ul>
  )
}

interface PendingFileProps {
  readonly file: PendingAttachment
  readonly onRetry: () => void
  readonly onRemove: () => void
}

function PendingFile({ file, onRetry, onRemove }: PendingFileProps) {
  const { name, type, previewUrl, status } = file
  return (
    <div className="pending-file" data-status={status}>
      {previewUrl !== null && type.startsWith('image/') ? (
        <img className="file-sign" src={previewUrl} alt="" />
      ) : (
        <FileIcon type={type} />
      )}
      <div className="file-words">
        <bdi className="one-line file-name">{name}</bdi>
        <PendingState file={file} />
      </div>
      {file.canRetry && (
        <IconButton label={`Upload ${name} again`} icon={RotateCw} isSmall onPress={onRetry} />
      )}
      <IconButton label={`Do not send ${name}`} icon={X} isSmall onPress={onRemove} />
    </div>
  )
}

function PendingState({ file: { name, size, status, progress, error } }: Pick<PendingFileProps, 'file'>) {
  if (status === 'failed')
    return (
      <span className="file-problem" role="alert">
        {size === 0 ? 'This file is empty' : wordsOf(error)}
      </span>
    )
  if (status === 'ready') return <span className="file-about">{sizeWords(size)}</span>
  return <progress className="file-progress" aria-label={`Uploading ${name}`} max={1} value={progress} />
}
