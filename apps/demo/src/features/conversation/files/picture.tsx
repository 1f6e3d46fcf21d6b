import { useAttachmentUrl } from '@dowellchat/client/react'
import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import { useConversationActions } from '../conversation-context.ts'
import { boxOf } from './box.ts'
import type { FileProps } from './file-props.ts'

/** Its address may have ended; another one that does not work says that it is broken. */
const mostFailures = 1

/** A picture in its place, which is kept while it loads; a click shows it large. */
export function Picture({ row, file, isCurrent }: FileProps) {
  const { showPicture } = useConversationActions()
  const { url, status, reload } = useAttachmentUrl(row, file)
  const [failures, setFailures] = useState(0)
  const { width, height } = boxOf(file)
  const isGone = status === 'error' || failures > mostFailures

  function onError(): void {
    setFailures(failures + 1)
    if (failures < mostFailures) void reload()
  }

  return (
    <button
      type="button"
      className="message-picture"
      style={{ width, aspectRatio: `${width} / ${height}` }}
      aria-label={isGone ? `${file.name} cannot be shown` : `Show ${file.name}`}
      title={file.name}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => showPicture(row, file)}
    >
      {isGone ? (
        <ImageOff aria-hidden />
      ) : (
        url !== null && <img src={url} alt="" decoding="async" onError={onError} />
      )}
    </button>
  )
}
