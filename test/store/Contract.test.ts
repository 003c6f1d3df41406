import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { contract as attempts } from "./AttemptsContract.js"
import { contract as copy } from "./CopyContract.js"
import { contract as discard } from "./DiscardContract.js"
import { contract as failures } from "./FailuresContract.js"
import { contract as hostile } from "./HostileContract.js"
import { contract as log } from "./LogContract.js"
import { contract as repair } from "./RepairContract.js"
import { contract as retry } from "./RetryContract.js"
import { type Device, indexedDbDevice, memoryDevice } from "./StoreUnderTest.js"

const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  log(name, makeDevice)
  attempts(name, makeDevice)
  failures(name, makeDevice)
  repair(name, makeDevice)
  retry(name, makeDevice)
  discard(name, makeDevice)
  copy(name, makeDevice)
  hostile(name, makeDevice)
}

contract("memory", memoryDevice)
contract("IndexedDB", indexedDbDevice)
