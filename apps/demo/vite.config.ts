import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // The SDK from source: the demo is built without waiting for another build.
  resolve: { conditions: ['@dowellchat/source', ...defaultClientConditions] },
  server: { proxy: { '/socket.io': { target: 'http://localhost:4000', ws: true } } },
})
