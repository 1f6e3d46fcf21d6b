/** What a page loads when it first needs more than its session, rooms and messages. */
export { cleanName, clientRequests, describeProblem, pushes } from '@dowellchat/protocol'
