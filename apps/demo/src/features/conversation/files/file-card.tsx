import type { Message } from '@dowellchat/client'
import { Download } from 'lucide-react'
import { Problem } from '../../../components/problem.tsx'
import { sizeWords } from '../../../lib/format.ts'
import { FileIcon } from './file-icon.tsx'
import type { FileProps } from './file-props.ts'
import { useSaveFile } from './use-save-file.ts'

interface FileCardProps extends Pick<FileProps, 'file' | 'isCurrent'> {
  readonly row: FileProps['row'] | Message
}

/** A file that is not shown in place; a click saves it. */
export function FileCard({ row, file, isCurrent }: FileCardProps) {
  const { save, isPending, error } = useSaveFile(row, file)
  return (
    <>
      <button
        type="button"
        className="file-card"
        aria-label={`Save ${file.name}, ${sizeWords(file.size)}`}
        tabIndex={isCurrent ? 0 : -1}
        disabled={isPending}
        onClick={save}
      >
        <FileIcon type={file.type} />
        <span className="file-words">
          <bdi className="one-line file-name">{file.name}</bdi>
          <span className="file-about">{sizeWords(file.size)}</span>
        </span>
        <Download aria-hidden />
      </button>
      <Problem what={error} />
    </>
  )
}
