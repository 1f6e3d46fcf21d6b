import { useAttachmentUrl } from '@dowellchat/client/react'
import { Dialog } from '../../../components/dialog.tsx'
import { Layer } from '../../../components/layer.tsx'
import { Problem } from '../../../components/problem.tsx'
import { sizeWords } from './file-words.ts'
import type { FileProps } from './message-files.tsx'
import { useSaveFile } from './use-save-file.ts'

interface PictureDialogProps extends Pick<FileProps, 'message' | 'file'> {
  readonly onClose: () => void
}

/** A picture, as large as the page allows. */
export function PictureDialog({ message, file, onClose }: PictureDialogProps) {
  const { url, error: loading } = useAttachmentUrl(message, file)
  const { save, error } = useSaveFile(message, file)
  return (
    <Layer>
      <Dialog title={file.name} onClose={onClose} isWide>
        {url !== null && <img className="picture-large" src={url} alt={file.name} />}
        <Problem what={loading ?? error} />
        <div className="buttons">
          <button type="button" className="button" onClick={save}>
            Save ({sizeWords(file.size)})
          </button>
        </div>
      </Dialog>
    </Layer>
  )
}
