import * as sdk from '@dowellchat/client'
import * as hooks from '@dowellchat/client/react'
import * as testing from '@dowellchat/server/testing'
import react from 'react'
import dom from 'react-dom/server'
import { journey } from './journey.cjs'

console.log(JSON.stringify(await journey({ sdk, hooks, testing, react, dom })))
