import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // The SDK from source: the demo is built without waiting for another build.
  resolve: { conditions: ['@dowellchat/source', ...defaultClientConditions] },
  // 120 kB gzipped, half of it React's; calls are a chunk of their own.
  build: { chunkSizeWarningLimit: 600 },
  server: { proxy: { '/socket.io': { target: 'http://localhost:4000', ws: true } } },
})
