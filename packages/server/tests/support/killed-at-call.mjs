// A test preloads this into a command to interrupt it: it kills the process, as kill -9 does, instead of the first call of the
// function of node:fs that KILLED_AT_CALL names.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const name = /** @type {'linkSync' | 'renameSync'} */ (process.env.KILLED_AT_CALL)
fs[name] = () => process.kill(process.pid, 'SIGKILL')
syncBuiltinESMExports()
