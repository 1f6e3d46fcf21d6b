import { Worker, type WorkerOptions } from 'node:worker_threads'
import { type DamagedRow, StoreOpenError, StoreUnavailableError } from '../store.ts'
import type { Report } from './damage.ts'
import type { FolderOptions } from './data-folder.ts'
import type { Backend } from './group-commit.ts'
import type { Answer, Operation } from './operations.ts'

/** What the worker opens. */
export interface WorkerFolder extends FolderOptions {
  readonly path: string
}

/** What the worker is told. */
export type WorkerInput = readonly Operation[] | 'close'

/** What the worker tells: once whether it has opened the folder, then the answers of each batch. */
export type WorkerOutput =
  | Opened
  | { readonly damaged: DamagedRow }
  | { readonly problem: string; readonly isOpenError: boolean }
  | Answer[]

interface Opened {
  /** Why the database could not be rebuilt, if that was due. */
  readonly notRebuilt: string | undefined
  /** When the folder was last used, if it is not new. */
  readonly usedUntil: number | undefined
}

/** An engine in a thread of its own. */
interface WorkerBackend extends Backend, Opened {
  /** Tells that the thread has ended by itself. */
  onEnded(listener: (error: Error) => void): void
}

/** Runs the engine in a thread of its own, so that a slow disk holds nothing else up. */
export function startWorker(folder: WorkerFolder, report: Report): Promise<WorkerBackend> {
  const worker = createWorker(folder)
  const listeners: ((error: Error) => void)[] = []
  let isClosing = false
  let death: StoreUnavailableError | undefined
  let pending: { resolve(answers: Answer[]): void; reject(error: Error): void } | undefined
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

  function die(cause?: unknown): void {
    if (death) return
    death = new StoreUnavailableError('The thread of the store has ended; restart the server', { cause })
    pending?.reject(death)
    if (!isClosing) for (const listener of listeners) listener(death)
  }

  const backend: Omit<WorkerBackend, keyof Opened> = {
    run(batch) {
      if (death) return Promise.reject(death)
      return new Promise((resolve, reject) => {
        pending = { resolve, reject }
        worker.postMessage(batch satisfies WorkerInput)
      })
    },

    onEnded(listener) {
      if (death) listener(death)
      else listeners.push(listener)
    },

    async close(isStuck = false) {
      isClosing = true
      worker.postMessage('close' satisfies WorkerInput)
      // It ends when the disk answers; the process need not wait for that.
      if (isStuck) worker.unref()
      else await exited
    },
  }
  return new Promise((resolve, reject) => {
    worker.on('message', (output: WorkerOutput) => {
      if (Array.isArray(output)) pending?.resolve(output)
      else if ('notRebuilt' in output) resolve({ ...backend, ...output })
      else if ('damaged' in output) report(output.damaged)
      else reject(output.isOpenError ? new StoreOpenError(output.problem) : new Error(output.problem))
    })
    worker.once('error', (error) => {
      die(error)
      reject(error)
    })
    worker.once('exit', () => {
      die()
      reject(new StoreOpenError('The thread of the store has ended before it was open'))
    })
  })
}

function createWorker(folder: WorkerFolder): Worker {
  const options: WorkerOptions = { workerData: folder, name: 'dowellchat-store' }
  const isBuilt = !import.meta.url.endsWith('.ts')
  if (isBuilt) return new Worker(new URL('./embedded-worker.js', import.meta.url), options)
  const execArgv = ['--conditions=@dowellchat/source']
  return new Worker(new URL('./worker-from-source.mjs', import.meta.url), { ...options, execArgv })
}
