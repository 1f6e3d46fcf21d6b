// Loaded before a command by the test that interrupts it: ends the process, as kill -9 does, a moment after it has told on
// standard error what KILLED_AT_TEXT says, in the middle of what it does next.

const momentMs = 20
const write = process.stderr.write.bind(process.stderr)
const text = process.env.KILLED_AT_TEXT ?? ''

/** @param {string | Uint8Array} chunk */
process.stderr.write = (chunk) => {
  if (String(chunk).includes(text)) setTimeout(() => process.kill(process.pid, 'SIGKILL'), momentMs)
  return write(chunk)
}
