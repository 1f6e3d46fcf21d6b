import { parentPort } from 'node:worker_threads'
import { type Handed, ways } from './parse-requests.ts'
import { answerWith } from './thread.ts'

answerWith(parentPort, ({ way, handed }: { way: string; handed: Handed }) => ways[way]?.parse(handed))
