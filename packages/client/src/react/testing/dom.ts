// Before react-dom, which looks for a window when it is loaded. Sockets and timers stay Node's.
import { Window } from 'happy-dom'

const window = new Window()
Object.assign(globalThis, { window, document: window.document, navigator: window.navigator })
