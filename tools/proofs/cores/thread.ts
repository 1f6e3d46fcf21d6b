import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { type MessagePort, Worker } from 'node:worker_threads'

/** A thread of this process that answers one question after the other. */
export class Thread<Question, Answer> {
  /** The system's number of it, by which its CPU is counted. */
  readonly tid: string
  readonly #worker: Worker
  readonly #waiting: ((answer: Answer) => void)[] = []

  private constructor(worker: Worker, tid: string) {
    this.tid = tid
    this.#worker = worker
    worker.on('message', (answer: Answer) => this.#waiting.shift()?.(answer))
  }

  /** Starts a TypeScript file of this folder, which calls `answerWith`. An error of it ends the run. */
  static async start<Question, Answer>(file: string, data: object = {}): Promise<Thread<Question, Answer>> {
    const workerData = { ...data, file: new URL(file, import.meta.url).href }
    const options = { workerData, execArgv: ['--conditions=@dowellchat/source'] }
    const worker = new Worker(new URL('./thread-from-source.mjs', import.meta.url), options)
    const [tid] = (await once(worker, 'message')) as [string]
    return new Thread(worker, tid)
  }

  ask(question: Question): Promise<Answer> {
    this.#worker.postMessage(question)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** Answers what the thread is asked, from within it. */
export function answerWith<Question, Answer>(
  port: MessagePort | null,
  answer: (question: Question) => Answer,
): void {
  port?.on('message', (question: Question) => port.postMessage(answer(question)))
  port?.postMessage(basename(readlinkSync('/proc/thread-self')))
}
