import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChatServer, folderAttachments } from '@dowellchat/server'
import { onTestFinished } from 'vitest'
import { openDemo, type Person } from './demo.ts'

/** Starts the demo on a server that keeps files. */
export function openDemoWithFiles(options: Parameters<typeof openDemo>[0] = {}): Promise<ChatServer> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return openDemo({ attachments: folderAttachments({ folder }), ...options })
}

/** A file to be chosen. */
export interface GivenFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** A picture of a size in one color, as a PNG that the page draws. */
export async function pictureFile({ page }: Person, name: string, color = 'teal', width = 640, height = 400) {
  const drawn = await page.evaluate(
    ([fill, w, h]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h })
      const context = canvas.getContext('2d')
      if (!context) throw new Error('This browser cannot draw')
      context.fillStyle = fill
      context.fillRect(0, 0, w, h)
      context.fillStyle = 'white'
      context.fillRect(w / 4, h / 4, w / 2, h / 2)
      return canvas.toDataURL('image/png').split(',')[1] ?? ''
    },
    [color, width, height] as const,
  )
  return { name, mimeType: 'image/png', buffer: Buffer.from(drawn, 'base64') } satisfies GivenFile
}

/** Chooses files as the file picker would. */
export async function pick({ page }: Person, ...files: GivenFile[]): Promise<void> {
  await page.locator('input[type="file"][aria-label="Files to send"]').setInputFiles(files)
}

/** Gives files to an element by an event that has a `DataTransfer`, as dropping and pasting do. */
export async function give(
  { page }: Person,
  selector: string,
  event: 'drop' | 'paste' | 'dragenter',
  ...files: GivenFile[]
): Promise<void> {
  const given = files.map(({ buffer, ...file }) => ({ ...file, bytes: [...buffer] }))
  await page.locator(selector).evaluate(
    (element, [type, all]) => {
      const data = new DataTransfer()
      for (const { name, mimeType, bytes } of all)
        data.items.add(new File([new Uint8Array(bytes)], name, { type: mimeType }))
      const init = { bubbles: true, cancelable: true }
      element.dispatchEvent(
        type === 'paste'
          ? new ClipboardEvent(type, { ...init, clipboardData: data })
          : new DragEvent(type, { ...init, dataTransfer: data }),
      )
    },
    [event, given] as const,
  )
}
