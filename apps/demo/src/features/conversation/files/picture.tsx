import { useAttachmentUrl } from '@dowellchat/client/react'
import { ImageOff } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { boxOf } from './box.ts'
import type { FileProps } from './message-files.tsx'

const PictureDialog = lazy(async () => ({ default: (await import('./picture-dialog.tsx')).PictureDialog }))

/** Its address may have ended; another one that does not work says that it is broken. */
const mostFailures = 1

/** A picture in its place, which is kept while it loads; a click shows it large. */
export function Picture({ row, file, isCurrent }: FileProps) {
  const { url, status, reload } = useAttachmentUrl(row, file)
  const [isLarge, setIsLarge] = useState(false)
  const [failures, setFailures] = useState(0)
  const box = boxOf(file)
  const isGone = status === 'error' || failures > mostFailures

  function onError(): void {
    setFailures(failures + 1)
    if (failures < mostFailures) void reload()
  }

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
          url !== null && <img src={url} alt="" decoding="async" onError={onError} />
        )}
      </button>
      <Suspense>
        {isLarge && <PictureDialog row={row} file={file} onClose={() => setIsLarge(false)} />}
      </Suspense>
    </>
  )
}
