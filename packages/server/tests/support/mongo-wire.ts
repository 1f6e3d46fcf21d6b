import { BSON, type Document } from 'mongodb'

const headerBytes = 16
const opReply = 1
const opQuery = 2004
const opMsg = 2013

/** A command as a driver sent it; the documents of its sequences are among its fields. */
export interface WireCommand {
  readonly id: number
  readonly name: string
  readonly database: string
  readonly document: Document
}

/** Puts a stream of bytes together to whole messages. */
export class Messages {
  #rest = Buffer.alloc(0)

  push(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes])
    const whole: Buffer[] = []
    while (this.#rest.length >= headerBytes && this.#rest.length >= this.#rest.readInt32LE(0)) {
      const end = this.#rest.readInt32LE(0)
      whole.push(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end)
    }
    return whole
  }
}

/** The id of a request, and the one that an answer is to. */
export function idsOf(message: Buffer): { readonly id: number; readonly answers: number } {
  return { id: message.readInt32LE(4), answers: message.readInt32LE(8) }
}

// Numbers keep their types, so that what is written again is what was read.
const exactly: BSON.DeserializeOptions = { promoteValues: false }

/** Reads a request. @throws where it is of a kind that the driver does not send */
export function readCommand(message: Buffer, options: BSON.DeserializeOptions = {}): WireCommand {
  const { id } = idsOf(message)
  const document = documentOf(message, options)
  const [name = ''] = Object.keys(document)
  return { id, name, database: String(document.$db ?? 'admin'), document }
}

function documentOf(message: Buffer, options: BSON.DeserializeOptions): Document {
  const kind = message.readInt32LE(12)
  if (kind === opMsg) return sections(message, options)
  if (kind === opReply) return BSON.deserialize(message.subarray(headerBytes + 20), options)
  if (kind !== opQuery) throw new Error(`A message of kind ${kind}`)
  const nameEnd = message.indexOf(0, headerBytes + 4)
  return BSON.deserialize(message.subarray(nameEnd + 1 + 8), options)
}

function sections(message: Buffer, options: BSON.DeserializeOptions): Document {
  let document: Document = {}
  const sequences: Document = {}
  for (let at = headerBytes + 4; at < message.length; ) {
    const isSequence = message[at] === 1
    const end = at + 1 + message.readInt32LE(at + 1)
    const bytes = message.subarray(at + 1, end)
    if (isSequence) Object.assign(sequences, sequence(bytes, options))
    else document = BSON.deserialize(bytes, options)
    at = end
  }
  return { ...document, ...sequences }
}

function sequence(bytes: Buffer, options: BSON.DeserializeOptions): Document {
  const nameEnd = bytes.indexOf(0, 4)
  const documents: Document[] = []
  for (let at = nameEnd + 1; at < bytes.length; at += bytes.readInt32LE(at))
    documents.push(BSON.deserialize(bytes.subarray(at, at + bytes.readInt32LE(at)), options))
  return { [bytes.toString('utf8', 4, nameEnd)]: documents }
}

function header(length: number, id: number, answers: number, kind: number): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  for (const [at, value] of [length, id, answers, kind].entries()) bytes.writeInt32LE(value, at * 4)
  return bytes
}

/** The flag of an answer that others follow. */
export const moreToCome = 2

/** Whether a driver takes more answers than one. */
export function isStreamed(message: Buffer): boolean {
  return message.readInt32LE(12) === opMsg && (message.readInt32LE(headerBytes) & (1 << 16)) !== 0
}

/** An insert of its first documents alone, which no retry of the driver belongs to. */
export function shortened(message: Buffer, count: number): Buffer {
  const { id, document } = readCommand(message, exactly)
  const { lsid: _, txnNumber: __, documents, ...rest } = document
  return messageOf({ ...rest, documents: documents.slice(0, count) }, id)
}

/** A message with one document: an answer, or a request without sequences. */
export function messageOf(document: Document, id: number, answers = 0, flags = 0): Buffer {
  const flagBytes = Buffer.alloc(5)
  flagBytes.writeInt32LE(flags)
  const body = Buffer.concat([flagBytes, BSON.serialize(document)])
  return Buffer.concat([header(headerBytes + body.length, id, answers, opMsg), body])
}

/** The same answer with another document. */
export function changeAnswer(message: Buffer, change: (document: Document) => Document): Buffer {
  const { id, answers } = idsOf(message)
  const document = change(documentOf(message, exactly))
  if (message.readInt32LE(12) === opMsg) return messageOf(document, id, answers)
  const body = Buffer.concat([message.subarray(headerBytes, headerBytes + 20), BSON.serialize(document)])
  return Buffer.concat([header(headerBytes + body.length, id, answers, opReply), body])
}
