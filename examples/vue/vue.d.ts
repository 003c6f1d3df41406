// what TypeScript is to know of a component's file, without Vue's own checker
declare module "*.vue" {
  import type { Component } from "vue"

  const component: Component
  export default component
}
