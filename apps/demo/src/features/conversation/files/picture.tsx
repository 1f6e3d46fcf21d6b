import { useAttachmentUrl } from '@dowellchat/client/react'
import { ImageOff } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { boxOf } from './box.ts'
import type { FileProps } from './message-files.tsx'

const PictureDialog = lazy(async () => ({ default: (await import('./picture-dialog.tsx')).PictureDialog }))

/** A picture in its place, which is kept while it loads; a click shows it large. */
export function Picture({ message, file, isCurrent }: FileProps) {
  const { url, status } = useAttachmentUrl(message, file)
  const [isLarge, setIsLarge] = useState(false)
  const [broken, setBroken] = useState<string | null>(null)
  const box = boxOf(file)
  const isGone = status === 'error' || (url !== null && url === broken)
  return (
    <>
      <button
        type="button"
        className="message-picture"
        style={{ width: box.width, aspectRatio: `${box.width} / ${box.height}` }}
        aria-label={isGone ? `${file.name} cannot be shown` : `Show ${file.name}`}
        title={file.name}
        tabIndex={isCurrent ? 0 : -1}
        onClick={() => setIsLarge(true)}
      >
        {isGone ? (
          <ImageOff aria-hidden />
        ) : (
          url !== null && <img src={url} alt="" decoding="async" onError={() => setBroken(url)} />
        )}
      </button>
      <Suspense>
        {isLarge && <PictureDialog message={message} file={file} onClose={() => setIsLarge(false)} />}
      </Suspense>
    </>
  )
}
