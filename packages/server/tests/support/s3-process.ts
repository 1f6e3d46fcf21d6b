import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { S3AttachmentOptions } from '../../src/attachments/s3/s3-attachments.ts'
import { freePort } from './free-port.ts'

const installed = fileURLToPath(new URL('../../../../.cache/s3-server/bin/rclone', import.meta.url))
const program = existsSync(installed) ? installed : 'rclone'
const hasServer = spawnSync(program, ['serve', 's3', '--help'], { stdio: 'ignore' }).status === 0

/** Why there is no S3 server to test with; with CI=true the tests fail over it instead of being skipped. */
export const noS3: string | undefined =
  hasServer || process.env.CI === 'true' ? undefined : 'install rclone 1.66 or newer, or run .ci/run once'

const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'the secret of the test' } as const

/** A server of S3's protocol of our own, over a folder: rclone checks signatures, lengths and conditions as S3 does. */
export class S3Process {
  readonly options: S3AttachmentOptions
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(options: S3AttachmentOptions, child: ChildProcess, folder: string) {
    this.options = options
    this.#child = child
    this.#folder = folder
  }

  /**
   * Resolves when it answers.
   * @param folders of the bucket that are never empty: rclone removes one with its last object, and loses what is put there at
   *   that moment
   */
  static async start(...folders: readonly string[]): Promise<S3Process> {
    const folder = await mkdtemp(join(tmpdir(), 'dowellchat-s3-'))
    for (const one of ['', ...folders]) {
      await mkdir(join(folder, 'chat-files', one), { recursive: true })
      if (one) await writeFile(join(folder, 'chat-files', one, 'kept'), '')
    }
    const port = await freePort()
    const args = [
      '--addr',
      `127.0.0.1:${port}`,
      '--auth-key',
      Object.values(keys).join(','),
      '--allow-origin',
      '*',
    ]
    const environment = { ...process.env, RCLONE_CONFIG: join(folder, '.none') }
    const child = spawn(program, ['serve', 's3', ...args, '--vfs-cache-mode', 'off', folder], {
      stdio: 'ignore',
      env: environment,
    })
    const endpoint = `http://127.0.0.1:${port}`
    await untilListening(endpoint, child)
    return new S3Process({ endpoint, bucket: 'chat-files', ...keys }, child, folder)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await exited
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function untilListening(endpoint: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + 15_000
  while (performance.now() < until && child.exitCode === null) {
    if (await fetch(endpoint).catch(() => undefined)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The S3 server does not answer')
}
