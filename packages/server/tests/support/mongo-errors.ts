import type { Document } from 'mongodb'

/** What a server that is no primary any more answers. */
export const notPrimary = {
  NotWritablePrimary: 10_107,
  PrimarySteppedDown: 189,
  InterruptedDueToReplStateChange: 11_602,
  ShutdownInProgress: 91,
} as const

export type NotPrimary = keyof typeof notPrimary

/** An error as a server answers it; a retry of a write may follow. */
export function errorAnswer(codeName: NotPrimary): Document {
  const code = notPrimary[codeName]
  return { ok: 0, errmsg: `the proxy says ${codeName}`, code, codeName, errorLabels: ['RetryableWriteError'] }
}

/** What a write is answered with that was done and did not reach a majority. */
export const writeConcernErrors = {
  WriteConcernTimeout: {
    code: 64,
    codeName: 'WriteConcernTimeout',
    errmsg: 'waiting for replication timed out',
    errInfo: { wtimeout: true },
  },
  PrimarySteppedDown: {
    code: 189,
    codeName: 'PrimarySteppedDown',
    errmsg: 'Primary stepped down while waiting for replication',
  },
  UnsatisfiableWriteConcern: {
    code: 100,
    codeName: 'UnsatisfiableWriteConcern',
    errmsg: 'Not enough data-bearing nodes',
  },
} as const satisfies Record<string, Document>
