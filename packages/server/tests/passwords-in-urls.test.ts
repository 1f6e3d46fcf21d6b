import { expect, it, onTestFinished } from 'vitest'
import { folderAttachments } from '../src/attachments/folder/folder-attachments.ts'
import { s3Attachments } from '../src/attachments/s3/s3-attachments.ts'
import { openChat } from '../src/testing/connect.ts'
import { temporaryFolder } from './support/server-process.ts'

const url = 'https://canary:canary@chat.example'
const silent = { info() {}, warn() {}, error() {} }
const bucket = { bucket: 'chat', accessKeyId: 'id', secretAccessKey: 'secret' }

/** A JWKS address is only used once a server starts. */
async function openWith(jwks: string): Promise<void> {
  await openChat(onTestFinished, { logger: silent, tokens: { jwks } })
}

it.each([
  ['a bucket', () => s3Attachments({ ...bucket, endpoint: url }), /endpoint: expected an address such as/],
  ['files', () => folderAttachments({ folder: temporaryFolder(), url }), /url: expected an address such as/],
  ['a JWKS document', () => openWith(`${url}/jwks`), /jwks: expected an address without a user/],
])(
  '[EX20] the address of %s is refused with a password in it, which is not shown',
  async (_what, open, problem) => {
    const said = await (async () => void (await open()))().then(() => '', String)
    expect(said).toMatch(problem)
    expect(said).not.toContain('canary')
  },
)

it('[TO4] an address of a JWKS document that is none is refused', async () => {
  await expect(openWith('https://')).rejects.toThrow(/jwks: expected an address/)
})
