import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"
import { VitePWA } from "vite-plugin-pwa"
import { server } from "./server/plugin.ts"

export default defineConfig(({ mode }) => {
  // `vite build --mode playground`: static files for any folder of any host. Its service worker is its server.
  const isPlayground = mode === "playground"
  return {
    ...(isPlayground ? { base: "./" } : {}),
    plugins: [
      react(),
      VitePWA({
        strategies: "injectManifest",
        srcDir: isPlayground ? "playground" : "src",
        filename: "worker.ts",
        registerType: "prompt",
        injectRegister: false,
        manifest: {
          name: "Clients in Toggl Track",
          short_name: "Clients",
          description: "A workspace's clients, also offline",
          theme_color: "#ffffff",
          background_color: "#ffffff",
          display: "standalone",
          icons: [
            { src: "icon-192.png", sizes: "192x192", type: "image/png" },
            { src: "icon-512.png", sizes: "512x512", type: "image/png" },
            { src: "icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" }
          ]
        },
        injectManifest: { globPatterns: ["**/*.{js,css,html,svg,png,woff2}"] }
      }),
      ...(isPlayground ? [] : [server()])
    ],
    build: { target: "es2022", sourcemap: true, outDir: isPlayground ? "dist-playground" : "dist" }
  }
})
