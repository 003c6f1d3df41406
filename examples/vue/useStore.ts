import type { Store } from "effect-toggl-clients/promise"
import { onMounted, onUnmounted, type ShallowRef, shallowRef } from "vue"

/** What a store shows, while the component is mounted; on a server it loads. */
export const useStore = <Snapshot>(store: Store<Snapshot>): Readonly<ShallowRef<Snapshot>> => {
  const shown = shallowRef(store.getServerSnapshot())
  onMounted(() => {
    const stop = store.subscribe((snapshot) => {
      shown.value = snapshot
    })
    onUnmounted(stop)
  })
  return shown
}
