import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** A write-ahead log, as its header and frames tell: https://sqlite.org/fileformat2.html#walformat */
export interface WalContent {
  /** The salts of this log: they change whenever it begins anew. */
  readonly salt: string
  /** How many frames are whole, one after the other from the beginning. */
  readonly frames: number
}

const headerBytes = 32
const frameHeaderBytes = 24
const magic = 0x377f0682
type Sums = readonly [number, number]

/** What is whole of a write-ahead log; null where there is none that SQLite would read. @param most frames to look at */
export function readWal(file: string, most: number): WalContent | null {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size < headerBytes) return null
  const descriptor = openSync(file, 'r')
  try {
    return readOpen(descriptor, size, most)
  } finally {
    closeSync(descriptor)
  }
}

function readOpen(descriptor: number, size: number, most: number): WalContent | null {
  const header = Buffer.alloc(headerBytes)
  readSync(descriptor, header, 0, headerBytes, 0)
  const kind = header.readUInt32BE(0)
  if ((kind & ~1) !== magic) return null
  const isBig = (kind & 1) === 1
  let sums = checksum(header.subarray(0, frameHeaderBytes), isBig, [0, 0])
  if (!hasSums(header, frameHeaderBytes, sums)) return null
  const frameBytes = frameHeaderBytes + header.readUInt32BE(8)
  const salt = header.toString('hex', 16, 24)
  const frame = Buffer.alloc(frameBytes)
  const there = Math.min(Math.floor((size - headerBytes) / frameBytes), most)
  for (let frames = 0; frames < there; frames++) {
    readSync(descriptor, frame, 0, frameBytes, headerBytes + frames * frameBytes)
    sums = checksum(frame.subarray(0, 8), isBig, sums)
    sums = checksum(frame.subarray(frameHeaderBytes), isBig, sums)
    if (frame.toString('hex', 8, 16) !== salt || !hasSums(frame, 16, sums)) return { salt, frames }
  }
  return { salt, frames: there }
}

/** SQLite's own checksum over pairs of 32-bit words. */
function checksum(bytes: Buffer, isBig: boolean, [first, second]: Sums): Sums {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let [a, b] = [first, second]
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + view.getUint32(at, !isBig) + b) >>> 0
    b = (b + view.getUint32(at + 4, !isBig) + a) >>> 0
  }
  return [a, b]
}

function hasSums(bytes: Buffer, at: number, [a, b]: Sums): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b
}

/** How far a write-ahead log goes, as its index in shared memory tells: https://sqlite.org/walformat.html */
export interface WalIndex {
  readonly salt: string
  readonly frames: number
  /** How many of the frames are in the database itself. */
  readonly saved: number
}

const indexBytes = 100

/** Reads the index of a log that is open. @param descriptor kept open as long: closing it drops SQLite's own locks */
export function readWalIndex(descriptor: number, buffer: Buffer = Buffer.alloc(indexBytes)): WalIndex {
  readSync(descriptor, buffer, 0, indexBytes, 0)
  // In the byte order of the machine; all that Node runs on with a disk are little-endian, but for s390x.
  const number = (at: number) => (isLittle ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at))
  return { salt: buffer.toString('hex', 32, 40), frames: number(16), saved: number(96) }
}

const isLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
