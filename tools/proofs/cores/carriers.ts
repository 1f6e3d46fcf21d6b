import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Operation } from '../../../packages/server/src/stores/embedded/operations.ts'
import { scratch } from '../bench/servers.ts'

const farStore = new URL('far-store.mjs', import.meta.url)

/** What the store answers to an append of so many messages. */
export type Answers = readonly (readonly [size: number, answer: unknown])[]

/** A way to a store that is not in the thread that has the sockets. */
export interface Carrier {
  readonly title: string
  /** The processes that take part. */
  readonly pids: readonly number[]
  run(operation: Operation): Promise<unknown>
  /** Gets batches of new entries that other processes have appended; resolves after so many of them. */
  deliver?(batches: number, size: number): Promise<void>
  close(): Promise<void>
}

/** As the embedded store has it now. */
export async function thread(answers: Answers): Promise<Carrier> {
  const worker = new Worker(farStore, { workerData: answers })
  await once(worker, 'message')
  return {
    title: 'a thread (as it is)',
    pids: [process.pid],
    run: (operation) => answered(worker, () => worker.postMessage(operation)),
    async close() {
      await worker.terminate()
    },
  }
}

export async function channel(answers: Answers): Promise<Carrier> {
  const child = fork(fileURLToPath(farStore), { serialization: 'advanced' })
  await answered(child, () => child.send(answers))
  return {
    title: 'a process, its channel',
    pids: [process.pid, child.pid as number],
    run: (operation) => answered(child, () => child.send(operation)),
    close: () => end(child),
  }
}

/** One line of JSON each way. */
export async function localSocket(answers: Answers): Promise<Carrier> {
  const path = join(scratch, 'store.sock')
  const child = fork(fileURLToPath(farStore), [path])
  await answered(child, () => child.send(answers))
  const socket = connect(path)
  await once(socket, 'connect')
  const lines = readLines(socket)
  return {
    title: 'a process, a local socket',
    pids: [process.pid, child.pid as number],
    run(operation) {
      socket.write(`${JSON.stringify(operation)}\n`)
      return lines(1)
    },
    async deliver(batches, size) {
      socket.write(`${JSON.stringify({ batches, size })}\n`)
      await lines(batches)
    },
    async close() {
      socket.destroy()
      await end(child)
    },
  }
}

/** Answers a function that resolves with the last of the next so many lines; all of them are parsed. */
function readLines(socket: Socket): (count: number) => Promise<unknown> {
  let missing = 0
  let resolve: (last: unknown) => void = () => {}
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const parsed: unknown = JSON.parse(line)
      missing -= 1
      if (missing === 0) resolve(parsed)
    }
  })
  return (count) => {
    missing = count
    return new Promise((resolved) => {
      resolve = resolved
    })
  }
}

function answered(from: Worker | ChildProcess, ask: () => void): Promise<unknown> {
  return new Promise((resolve) => {
    from.once('message', resolve)
    ask()
  })
}

async function end(child: ChildProcess): Promise<void> {
  child.disconnect()
  await once(child, 'exit')
}
