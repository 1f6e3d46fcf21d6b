import type { Attachment } from '../entities.ts'
import type { MessageRow } from '../messages/message-rows.ts'
import type { WidgetContext } from './context.ts'
import { h, icon } from './dom.ts'
import { sizeText } from './words.ts'

const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']
const mostPictureBytes = 10_000_000
/** In pixels of the page. */
const mostWidth = 300
const mostHeight = 220

/** A file of a message: a picture as such, everything else by its name. Both open in a tab of their own. */
export function showAttachment(context: WidgetContext, row: MessageRow, attachment: Attachment): HTMLElement {
  const { name, type, size } = attachment
  const isPicture = row.delivery === 'sent' && pictures.includes(type) && size <= mostPictureBytes
  const { say } = context
  const label = h('span', {}, `${name}, ${sizeText(size)}`)
  const button = h(
    'button',
    {
      type: 'button',
      class: 'file',
      'aria-label': say(isPicture ? 'picture' : 'download', { name }),
      onClick: () => void openFile(context, row, attachment),
    },
    icon('file'),
    label,
  )
  if (isPicture)
    drawPicture(context, row, attachment).then(
      (picture) => button.replaceChildren(picture),
      // Its name stays, by which it can be opened all the same.
      () => undefined,
    )
  return button
}

/** An address of a file counts for a few minutes, so it is asked for when it is needed. */
async function openFile({ client }: WidgetContext, row: MessageRow, attachment: Attachment): Promise<void> {
  if (row.delivery !== 'sent') return
  try {
    const href = await client.attachments.url(row, attachment)
    h('a', { href, target: '_blank', rel: 'noopener noreferrer', download: attachment.name }).click()
  } catch {}
}

/** On a canvas: a page's policy may let us load from our server, and yet show no pictures from there. */
async function drawPicture(
  { client }: WidgetContext,
  row: MessageRow,
  attachment: Attachment,
): Promise<HTMLCanvasElement> {
  const answer = await fetch(await client.attachments.url(row, attachment))
  if (!answer.ok) throw new Error(`The picture could not be fetched: ${answer.status}`)
  const picture = await createImageBitmap(await answer.blob())
  const scale = Math.min(1, mostWidth / picture.width, mostHeight / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  const sharp = Math.min(window.devicePixelRatio || 1, 1 / scale)
  const canvas = h('canvas', { width: Math.ceil(width * sharp), height: Math.ceil(height * sharp) })
  canvas.style.width = `${width}px`
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return canvas
}
