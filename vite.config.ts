import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The web app is built once after installation; the server hands out dist/web as it is.
export default defineConfig({
  root: 'web',
  plugins: [react()],
  build: { outDir: '../dist/web', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/api': 'http://127.0.0.1:4180' } },
})
