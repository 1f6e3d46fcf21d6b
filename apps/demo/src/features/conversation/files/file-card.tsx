import { Download } from 'lucide-react'
import { Problem } from '../../../components/problem.tsx'
import { FileIcon } from './file-icon.tsx'
import type { FileProps } from './file-props.ts'
import { sizeWords } from './file-words.ts'
import { useSaveFile } from './use-save-file.ts'

/** A file that is not shown in place; a click saves it. */
export function FileCard({ row, file, isCurrent }: FileProps) {
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
