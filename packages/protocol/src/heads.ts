import * as z from 'zod/mini'
import { Count, Id } from './fields.ts'

/** The end of a stream: its last entry's seq, nth and id; 0, 0 and null while it is empty. */
export const Head = z.object({ seq: Count, nth: Count, id: z.nullable(Id) })
export type Head = z.infer<typeof Head>
