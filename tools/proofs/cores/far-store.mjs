// The other side of an append: a thread, a process, or a process behind a local socket, which keeps nothing. What a store does is
// the same wherever it runs, so only the way there and back is measured.
import { readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const [, , path] = process.argv
const answers = new Map(workerData ?? [])

function answer([, , [, drafts]]) {
  return answers.get(drafts.length)
}

/** Sends batches of entries one way, a line each, as they become durable: not together. */
function deliver(socket, { batches, size }) {
  if (batches === 0) return
  socket.write(`${JSON.stringify(answers.get(size))}\n`)
  setImmediate(deliver, socket, { batches: batches - 1, size })
}

function serve(socket) {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const asked = JSON.parse(line)
      if (Array.isArray(asked)) socket.write(`${JSON.stringify(answer(asked))}\n`)
      else deliver(socket, asked)
    }
  })
}

if (parentPort) {
  parentPort.postMessage(basename(readlinkSync('/proc/thread-self')))
  parentPort.on('message', (operation) => parentPort.postMessage(answer(operation)))
} else {
  process.once('message', (known) => {
    for (const [size, one] of known) answers.set(size, one)
    if (path) createServer(serve).listen(path, () => process.send('ready'))
    else process.send('ready')
    process.on('message', (operation) => process.send(answer(operation)))
  })
  process.on('disconnect', () => process.exit())
}
