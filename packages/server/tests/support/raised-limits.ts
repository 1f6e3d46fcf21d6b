import { raisedLimits } from '../../src/testing/start-server.ts'

/** As the executable's LIMITS: for tests and proofs that send from one address what a thousand people would. */
export const raisedLimitsVariable = Object.entries(raisedLimits)
  .map(([name, value]) => `${name}=${value}`)
  .join(',')

/** For servers on a disk, or a MongoDB, that is shared with other tests: the store only fails where it hangs. */
export const patientLimitsVariable = `${raisedLimitsVariable},storeMs=10000`
