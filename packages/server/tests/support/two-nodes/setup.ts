import { underWay } from '../../../src/testing/test-socket.ts'
import { quiet } from './activity.ts'

// What somebody has done on one server reaches the sockets of the other one a moment later.
underWay.elsewhere = quiet
