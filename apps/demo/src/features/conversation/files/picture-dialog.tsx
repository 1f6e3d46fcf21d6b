import { useAttachmentUrl } from '@dowellchat/client/react'
import { Dialog } from '../../../components/dialog.tsx'
import { Problem } from '../../../components/problem.tsx'
import { sizeWords } from '../../../lib/format.ts'
import type { FileProps } from './file-props.ts'
import { useSaveFile } from './use-save-file.ts'

interface PictureDialogProps extends Pick<FileProps, 'row' | 'file'> {
  readonly onClose: () => void
}

/** A picture, as large as the page allows. */
export function PictureDialog({ row, file, onClose }: PictureDialogProps) {
  const { url, error: loading } = useAttachmentUrl(row, file)
  const { save, error } = useSaveFile(row, file)
  return (
    <Dialog title={file.name} onClose={onClose} isWide>
      {url !== null && <img className="picture-large" src={url} alt={file.name} />}
      <Problem what={loading ?? error} />
      <div className="buttons">
        <button type="button" className="button" onClick={save}>
          Save ({sizeWords(file.size)})
        </button>
      </div>
    </Dialog>
  )
}
