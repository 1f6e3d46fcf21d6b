import { connectEarly } from './features/people/client.ts'

// The connection opens while React and the pages are loaded, which takes as long on a phone. They are asked for after it, so
// that they do not share its line: `pnpm prove slow-phone`.
connectEarly()
import('./main.tsx').catch(() => document.querySelector('a')?.removeAttribute('hidden'))
